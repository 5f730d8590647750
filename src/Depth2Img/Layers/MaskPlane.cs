using Depth2Img.Imaging;

namespace Depth2Img.Layers;

/// <summary>A painted mask as values: white belongs to it, black does not.</summary>
internal static class MaskPlane
{
    /// <summary>[height, width], 0 (black) to 1 (white); colours by their BT.601 luma, alpha ignored.</summary>
    public static float[] Of(Image mask)
    {
        float[] plane = new float[mask.Width * mask.Height];
        for (int i = 0; i < plane.Length; i++)
        {
            byte red = mask.Pixels[3 * i], green = mask.Pixels[3 * i + 1], blue = mask.Pixels[3 * i + 2];
            plane[i] = (299 * red + 587 * green + 114 * blue) / (1000 * 255f);
        }
        return plane;
    }

    /// <summary>What is lighter than middle gray.</summary>
    public static bool[] Inside(float[] plane) => [.. plane.Select(value => value >= 0.5f)];
}
