namespace Depth2Img.Layers;

/// <summary>
/// A picture in layers that are made anew each by itself: subject and background with prompts of their own. At every step
/// the network is asked once for each prompt about the whole picture, and its answers are blended by soft masks, so that
/// the layers share one light and one perspective (Bar-Tal et al., "MultiDiffusion", 2023).
/// </summary>
public sealed record DepthLayers
{
    /// <summary>The most layers.</summary>
    public const int MaxCount = 4;

    /// <summary>The <see cref="Softness"/> that is used by default: at the size that a model was made for, about one latent.</summary>
    public const double DefaultSoftness = 0.03;

    /// <summary>The <see cref="Isolation"/> that is used by default.</summary>
    public const double DefaultIsolation = 0.9;

    /// <summary>
    /// What becomes of each layer, the nearest first (with masks: in the masks' order, the rest of the picture last).
    /// Layers of the cut that are not named here are made by the request's own prompt, strength and guidance.
    /// </summary>
    public required IReadOnlyList<DepthLayer> Layers { get; init; }

    /// <summary>How the picture is cut; automatically by default.</summary>
    public LayerCut Cut { get; init; } = LayerCut.Automatic();

    /// <summary>How wide the passage between two layers is, as a part of the picture's longer side, 0 (none) to 0.5.</summary>
    public double Softness { get; init; } = DefaultSoftness;

    /// <summary>
    /// The part of the run, from its beginning, in which a layer is made without sight of the others: around itself the network
    /// sees the picture, noised. 0 lets layers see each other always, and a prompt has more effect beyond its layer; 1 never,
    /// and layers do not grow together. Pictures that begin with noise alone (<see cref="Pipelines.InitialLatents.Noise"/>)
    /// are made with 0.
    /// </summary>
    public double Isolation { get; init; } = DefaultIsolation;

    /// <summary>How many layers the cut makes.</summary>
    public int Count => Cut.CountFor(Layers.Count);

    /// <summary>The layers of the cut, those that are not named included.</summary>
    internal IEnumerable<DepthLayer> All => Layers.Concat(Enumerable.Repeat(new DepthLayer(), Count - Layers.Count));

    /// <summary>The greatest strength of a layer that is made anew: where the run begins.</summary>
    internal double LargestStrength(double requested) => All.Where(layer => !layer.Keep).Max(layer => layer.Strength ?? requested);
}
