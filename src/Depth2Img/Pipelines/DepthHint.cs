using Depth2Img.Depth;

namespace Depth2Img.Pipelines;

/// <summary>A depth map as a depth ControlNet takes it: a gray picture, near is bright.</summary>
internal static class DepthHint
{
    /// <summary>Neither near nor far.</summary>
    private const float Neither = 0.5f;

    /// <summary>Resizes the map to the padded working size and scales it to 0 (farthest) to 1 (nearest) by its own range there, in three equal channels. A flat map is gray all over.</summary>
    /// <param name="depth">The map, of the picture's aspect.</param>
    /// <param name="size">The working size.</param>
    /// <returns>[PaddedHeight, PaddedWidth, 3].</returns>
    public static float[] Make(DepthMap depth, WorkingSize size)
    {
        // Flatness is asked for before resizing, after which rounding would give a flat map a range of a few ulps.
        DepthMap gray = depth.IsFlat
            ? new DepthMap(size.Width, size.Height, [.. Enumerable.Repeat(Neither, size.Width * size.Height)])
            : depth.ResizeTo(size.Width, size.Height).Normalise01();
        float[] padded = gray.PadEdges(0, 0, size.PaddedWidth - size.Width, size.PaddedHeight - size.Height).Values;
        float[] hint = new float[3 * padded.Length];
        for (int p = 0; p < padded.Length; p++) hint.AsSpan(3 * p, 3).Fill(padded[p]);
        return hint;
    }
}
