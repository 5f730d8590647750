using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Layers;

/// <summary>
/// Cuts a picture into layers, without making anything of them. Depth is cut at thresholds, given or found (Otsu's method;
/// for more than two layers k-means, both the best cut there is and the same on every run). Estimated depth is smooth where a
/// subject ends, so each cut is then moved to the picture's own edges by a guided filter, which also takes away
/// specks; and made soft by a ramp of even width.
/// </summary>
public static class DepthLayering
{
    /// <summary>Cuts a picture.</summary>
    /// <param name="picture">The picture, whose edges the masks follow; its alpha is ignored.</param>
    /// <param name="depth">Its depth; of another size it is resized to the picture's. Masks need none, and then it is ignored.</param>
    /// <param name="cut">How; an automatic cut that does not say makes two layers.</param>
    /// <param name="softness">The passage between two layers, as a part of the picture's longer side, 0 to 0.5. With 0, masks count as they were painted, grays and all.</param>
    /// <returns>The layers' masks, at the picture's size.</returns>
    /// <exception cref="Depth2ImgException">The cut is none (thresholds out of order, masks of another size), or a layer has no pixels.</exception>
    public static LayerMasks Cut(Image picture, DepthMap? depth, LayerCut cut, double softness = DepthLayers.DefaultSoftness)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(cut);
        if (LayerValidator.FaultOf(cut, picture) is { } fault) throw new Depth2ImgException(fault);
        if (LayerValidator.FaultOf(softness) is { } soft) throw new Depth2ImgException(soft);
        double ramp = softness * Math.Max(picture.Width, picture.Height);
        LayerMasks masks = cut.Masks is { } given
            ? LayerMasks.FromNested(picture.Width, picture.Height, ByMasks(given, picture.Width, picture.Height, ramp), [])
            : ByDepth(picture, depth ?? throw new Depth2ImgException("There is no depth map to cut; only masks need none."), cut, ramp);
        for (int layer = 0; layer < masks.Count; layer++)
        {
            if (masks.IsEmpty(layer)) throw new Depth2ImgException(NoPixels(layer, masks));
        }
        return masks;
    }

    private static LayerMasks ByDepth(Image picture, DepthMap depth, LayerCut cut, double ramp)
    {
        int width = picture.Width, height = picture.Height;
        DepthMap placed = depth.Width == width && depth.Height == height ? depth : depth.ResizeSmooth(width, height);
        float[] values = placed.Normalise01().Values;
        IReadOnlyList<double> thresholds = cut.Thresholds ?? DepthThresholds.Find(values, cut.CountFor(0));
        GuidedFilter filter = new(picture);
        List<float[]> nested = [];
        foreach (double threshold in thresholds.Reverse())
        {
            float[] hard = new float[values.Length];
            for (int i = 0; i < hard.Length; i++) hard[i] = values[i] >= threshold ? 1 : 0;
            float[] refined = filter.Apply(hard);
            bool[] nearer = new bool[hard.Length];
            for (int i = 0; i < nearer.Length; i++) nearer[i] = refined[i] >= 0.5f;
            nested.Add(SoftEdge.Of(nearer, width, height, ramp));
        }
        return LayerMasks.FromNested(width, height, nested, thresholds);
    }

    private static List<float[]> ByMasks(IReadOnlyList<Image> masks, int width, int height, double ramp)
    {
        List<float[]> nested = [];
        // Planes that contain each other: the masks up to each one together.
        bool[] inside = new bool[width * height];
        float[] covered = new float[width * height];
        foreach (Image mask in masks)
        {
            float[] painted = MaskPlane.Of(mask);
            if (ramp > 0)
            {
                bool[] own = MaskPlane.Inside(painted);
                for (int i = 0; i < inside.Length; i++) inside[i] |= own[i];
                nested.Add(SoftEdge.Of([.. inside], width, height, ramp));
            }
            else
            {
                for (int i = 0; i < covered.Length; i++) covered[i] = Math.Min(1, covered[i] + painted[i]);
                nested.Add([.. covered]);
            }
        }
        return nested;
    }

    private static string NoPixels(int layer, LayerMasks masks)
    {
        string which = $"Layer {layer + 1} of {masks.Count} has no pixels";
        if (masks.Thresholds is not { Count: > 0 } thresholds)
            return layer == masks.Count - 1 ? $"{which}: the masks leave nothing for it." : $"{which}: other masks cover it.";
        string near = layer == 0 ? "1" : LayerValidator.Format(thresholds[^layer]), far = layer == masks.Count - 1 ? "0" : LayerValidator.Format(thresholds[^(layer + 1)]);
        return $"{which}: the map has none, or none large enough to keep, from {far} (far) to {near} (near). Other thresholds or fewer layers would be right.";
    }
}
