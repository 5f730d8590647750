using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Tests.Depth.Views;

/// <summary>Small pictures whose depth is known.</summary>
internal static class Scenes
{
    /// <summary>A picture in which every pixel's colour tells its column and row.</summary>
    public static Image Coordinates(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = ((byte)(i % width), (byte)(i / width), 7);
        return new Image(width, height, pixels);
    }

    /// <summary>Depth that is near in a rectangle and far around it.</summary>
    public static DepthMap Card(int width, int height, int left, int top, int right, int bottom, float far = 0, float near = 1) =>
        Of(width, height, (x, y) => x >= left && x < right && y >= top && y < bottom ? near : far);

    /// <summary>Depth by a formula.</summary>
    public static DepthMap Of(int width, int height, Func<int, int, double> depth)
    {
        float[] values = new float[width * height];
        for (int i = 0; i < values.Length; i++) values[i] = (float)depth(i % width, i / width);
        return new DepthMap(width, height, values);
    }
}
