using Depth2Img.Imaging;

namespace Depth2Img.Layers;

/// <summary>How a picture is cut into layers: by its depth, automatically or at given thresholds, or by masks.</summary>
public sealed record LayerCut
{
    private LayerCut()
    {
    }

    /// <summary>How many layers an automatic cut makes; null makes as many as are named, at least two.</summary>
    public int? Count { get; private init; }

    /// <summary>Where depth is cut, ascending, 0 (farthest) to 1 (nearest), both excluded; null for other cuts.</summary>
    public IReadOnlyList<double>? Thresholds { get; private init; }

    /// <summary>The masks; null for other cuts.</summary>
    public IReadOnlyList<Image>? Masks { get; private init; }

    /// <summary>Cuts where depth falls into groups by itself (<see cref="DepthLayering"/> says how).</summary>
    /// <param name="count">How many layers, 2 to 4; null makes as many as are named, at least two.</param>
    public static LayerCut Automatic(int? count = null) => new() { Count = count };

    /// <summary>Cuts at thresholds of the map as it conditions the picture, corrections applied, scaled to 0 (farthest) to 1 (nearest).</summary>
    /// <param name="thresholds">One to three, ascending; a layer more than these. A pixel at a threshold belongs to the nearer layer.</param>
    public static LayerCut At(params IReadOnlyList<double> thresholds) => new() { Thresholds = thresholds };

    /// <summary>Cuts by masks, whatever the depth; what no mask covers is the last layer.</summary>
    /// <param name="masks">One to three pictures of the picture's size: what is lighter than middle gray belongs to the layer. Where masks overlap, the first counts.</param>
    public static LayerCut By(params IReadOnlyList<Image> masks) => new() { Masks = masks };

    /// <summary>How many layers the cut makes.</summary>
    /// <param name="named">How many layers a request names.</param>
    internal int CountFor(int named) => (Thresholds?.Count ?? Masks?.Count) + 1 ?? Count ?? Math.Max(2, named);
}
