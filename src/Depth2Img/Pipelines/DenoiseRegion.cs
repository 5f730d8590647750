namespace Depth2Img.Pipelines;

/// <summary>
/// A part of the picture with prompts and guidance of its own; the whole picture has one region. Regions overlap softly:
/// a latent's prediction is the regions' by weight.
/// </summary>
/// <param name="Contexts">The prompts.</param>
/// <param name="Settings">Guidance, and what work is saved.</param>
internal sealed record DenoiseRegion(PromptContexts Contexts, DenoiseSettings Settings) : IDisposable
{
    /// <summary>The ControlNet under this region's prompts; null if the UNet has a depth channel or there is nothing to steer.</summary>
    public DepthControl? Control { get; init; }

    /// <summary>[h,w]: the region's part of each latent, 0 to 1. All regions' weights sum to 1 everywhere; null is 1 everywhere.</summary>
    public float[]? Weights { get; init; }

    /// <summary>
    /// The first evaluation that it takes part in, as an index into the scheduler's timesteps. Until then the others share
    /// its weight, and <see cref="HeldLatents"/> keeps its part of the picture. The run's first by default.
    /// </summary>
    public int Begin { get; init; }

    public void Dispose()
    {
        Control?.Dispose();
        Contexts.Dispose();
    }
}

/// <summary>The regions of one run.</summary>
internal sealed class DenoiseRegions : List<DenoiseRegion>, IDisposable
{
    public void Dispose()
    {
        foreach (DenoiseRegion region in this) region.Dispose();
    }
}
