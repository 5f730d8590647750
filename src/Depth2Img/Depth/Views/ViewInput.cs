using Depth2Img.Imaging;

namespace Depth2Img.Depth.Views;

/// <summary>What all views ask of a picture and its depth.</summary>
internal static class ViewInput
{
    /// <summary>Refuses a map of another size than the picture.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static void RequireSameSize(Image picture, DepthMap depth)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(depth);
        if (picture.Width != depth.Width || picture.Height != depth.Height)
            throw new ArgumentException($"The depth map is {depth.Width}x{depth.Height} and the picture {picture.Width}x{picture.Height}; fit the map to the picture first.", nameof(depth));
    }

    /// <summary>A map from 0 (farthest) to 1 (nearest) whose slopes at the borders of things are steps.</summary>
    /// <param name="depth">The map.</param>
    /// <param name="edgeRadius">How far slopes reach; 0 leaves them alone, null takes a hundredth of the longer side.</param>
    public static float[] SharpNormalised(DepthMap depth, int? edgeRadius)
    {
        int radius = edgeRadius ?? Math.Max(1, Math.Max(depth.Width, depth.Height) / 100);
        return (radius > 0 ? depth.SharpenEdges(radius) : depth).Normalise01().Values;
    }
}
