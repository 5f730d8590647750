using Depth2Img.Imaging;
using Depth2Img.Layers;

namespace Depth2Img.Server.Jobs;

/// <summary><see cref="DepthLayers"/> without its masks, in JSON.</summary>
internal sealed record LayerParameters
{
    /// <summary>What becomes of each layer, the nearest first; with masks in the masks' order.</summary>
    public required IReadOnlyList<DepthLayer> Layers { get; init; }

    /// <summary>How many layers an automatic cut makes; null for as many as are named, at least two.</summary>
    public int? Count { get; init; }

    /// <summary>Where depth is cut; null for other cuts.</summary>
    public IReadOnlyList<double>? Thresholds { get; init; }

    public double? Softness { get; init; }
    public double? Isolation { get; init; }

    /// <summary>The layers that this asks for.</summary>
    /// <param name="masks">The masks to cut by; none to cut by depth.</param>
    public DepthLayers ToLayers(IReadOnlyList<Image> masks) => new()
    {
        Layers = Layers,
        Cut = CutOf(masks, Thresholds, Count),
        Softness = Softness ?? DepthLayers.DefaultSoftness,
        Isolation = Isolation ?? DepthLayers.DefaultIsolation,
    };

    /// <summary>The cut by masks if there are any, else at thresholds if there are any, else where depth falls into groups by itself.</summary>
    public static LayerCut CutOf(IReadOnlyList<Image> masks, IReadOnlyList<double>? thresholds, int? count) =>
        masks.Count > 0 ? LayerCut.By(masks) : thresholds is not null ? LayerCut.At(thresholds) : LayerCut.Automatic(count);
}
