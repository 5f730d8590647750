namespace Depth2Img.Pipelines;

/// <summary>How latents are denoised.</summary>
/// <param name="Guidance">How far from the unconditional half; 1 or less evaluates no such half.</param>
/// <param name="GuidanceInterval">The part of the run that is guided.</param>
/// <param name="ReuseFeatures">Every how many evaluations the UNet runs whole; 1 runs it whole always.</param>
internal sealed record DenoiseSettings(float Guidance, GuidanceInterval GuidanceInterval, int ReuseFeatures)
{
    /// <summary>How much of the guided prediction's spread is brought back to the conditional half's, 0 to 1 (<see cref="GuidanceRescaling"/>).</summary>
    public float GuidanceRescale { get; init; }

    /// <summary>Whether both halves of guidance are evaluated.</summary>
    /// <param name="evaluation">From 0.</param>
    /// <param name="evaluations">How many the run has.</param>
    public bool IsGuided(int evaluation, int evaluations) => Guidance > 1 && GuidanceInterval.Contains(evaluation, evaluations);

    /// <summary>How many of a run's evaluations are guided.</summary>
    public int CountGuided(int evaluations) => Guidance > 1 ? GuidanceInterval.CountGuided(evaluations) : 0;
}
