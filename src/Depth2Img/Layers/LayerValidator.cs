using System.Globalization;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Layers;

/// <summary>What can be wrong with layers before any depth is known. Each check gives one sentence, or null if all is well.</summary>
internal static class LayerValidator
{
    /// <summary>The widest passage between two layers.</summary>
    public const double MaxSoftness = 0.5;

    /// <summary>The first fault of a request's layers.</summary>
    public static string? FaultOf(DepthLayers layers, Image picture)
    {
        if (layers.Layers.Count == 0) return "Layers has no layers; name at least one.";
        if (FaultOf(layers.Cut, picture) is { } cut) return cut;
        if (FaultOf(layers.Softness) is { } softness) return softness;
        if (layers.Isolation is not (>= 0 and <= 1)) return $"The layers' isolation is {Format(layers.Isolation)}; it must be from 0 to 1.";
        if (layers.Layers.Count > layers.Count)
            return $"{layers.Layers.Count} layers are named, and the cut makes {layers.Count}; name no more than there are.";
        if (layers.Count > DepthLayers.MaxCount) return $"{layers.Count} layers are named; there can be {DepthLayers.MaxCount} at most.";
        for (int i = 0; i < layers.Layers.Count; i++)
        {
            if (FaultOf(layers.Layers[i], i + 1) is { } fault) return fault;
        }
        return layers.All.All(layer => layer.Keep) ? $"All {layers.Count} layers are kept, which leaves nothing to make." : null;
    }

    /// <summary>A cut's fault.</summary>
    public static string? FaultOf(LayerCut cut, Image picture)
    {
        if (cut.Thresholds is { } thresholds) return FaultOf(thresholds);
        if (cut.Masks is { } masks) return FaultOf(masks, picture);
        return cut.Count is null or (>= 2 and <= DepthLayers.MaxCount) ? null : $"The picture is to be cut into {cut.Count} layers; 2 to {DepthLayers.MaxCount} are possible.";
    }

    /// <summary>A softness's fault.</summary>
    public static string? FaultOf(double softness) =>
        softness is >= 0 and <= MaxSoftness ? null : $"The layers' softness is {Format(softness)}; it must be from 0 to {Format(MaxSoftness)} of the picture's longer side.";

    /// <summary>A number as sentences show it, whatever the culture.</summary>
    public static string Format(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string? FaultOf(IReadOnlyList<double> thresholds)
    {
        if (thresholds.Count is 0 or >= DepthLayers.MaxCount) return $"{thresholds.Count} thresholds are given; 1 to {DepthLayers.MaxCount - 1} cut a picture into 2 to {DepthLayers.MaxCount} layers.";
        for (int i = 0; i < thresholds.Count; i++)
        {
            if (!(thresholds[i] > 0 && thresholds[i] < 1)) return $"The threshold {Format(thresholds[i])} is not between 0 (farthest) and 1 (nearest).";
            if (i > 0 && thresholds[i] <= thresholds[i - 1]) return $"The threshold {Format(thresholds[i])} follows {Format(thresholds[i - 1])}; thresholds must ascend.";
        }
        return null;
    }

    private static string? FaultOf(IReadOnlyList<Image> masks, Image picture)
    {
        if (masks.Count is 0 or >= DepthLayers.MaxCount) return $"{masks.Count} masks are given; 1 to {DepthLayers.MaxCount - 1} make 2 to {DepthLayers.MaxCount} layers.";
        for (int i = 0; i < masks.Count; i++)
        {
            Image mask = masks[i];
            if (mask.Width != picture.Width || mask.Height != picture.Height)
                return $"Mask {i + 1} is {mask.Width}x{mask.Height} and the picture {picture.Width}x{picture.Height}; a mask must have the picture's size.";
            bool[] inside = MaskPlane.Inside(MaskPlane.Of(mask));
            if (!inside.Contains(true)) return $"Mask {i + 1} is empty: nothing in it is lighter than middle gray.";
            if (!inside.Contains(false)) return $"Mask {i + 1} is full: nothing in it is darker than middle gray, so that no other layer is left.";
        }
        return null;
    }

    private static string? FaultOf(DepthLayer layer, int number)
    {
        if (layer.Keep && layer is not { Prompt: null, NegativePrompt: null, Strength: null, Guidance: null })
            return $"Layer {number} is kept, and has a prompt or settings too; only one of the two is possible.";
        if (layer.Strength is not (null or (>= 0 and <= 1))) return $"Layer {number} has strength {Format(layer.Strength.Value)}; it must be from 0 to 1.";
        return layer.Guidance is null or (>= 0 and <= RequestValidator.MaxGuidance)
            ? null
            : $"Layer {number} has guidance {Format(layer.Guidance.Value)}; it must be from 0 to {Format(RequestValidator.MaxGuidance)}.";
    }
}
