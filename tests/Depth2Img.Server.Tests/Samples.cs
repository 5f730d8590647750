using Depth2Img.Imaging;

namespace Depth2Img.Server.Tests;

/// <summary>Inputs that many tests send.</summary>
internal static class Samples
{
    /// <summary>A picture of 64 x 48 pixels, as a PNG.</summary>
    public static byte[] SmallPicture()
    {
        byte[] pixels = new byte[3 * 64 * 48];
        for (int n = 0; n < pixels.Length; n++) pixels[n] = (byte)(n / 3 % 64 * 3 + n % 3 * 20);
        using MemoryStream stream = new();
        ImageFile.Encode(stream, new Image(64, 48, pixels), ImageFormat.Png);
        return stream.ToArray();
    }
}
