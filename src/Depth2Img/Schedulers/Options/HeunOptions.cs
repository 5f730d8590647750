namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of Heun's method in noise levels (Karras et al., 2022, arXiv 2206.00364, algorithm 1). Two evaluations a
/// step. Reference: `HeunDiscreteScheduler`.
/// </summary>
public sealed record HeunOptions : SigmaSchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public HeunOptions()
    {
        BetaStart = 0.00085;
        BetaEnd = 0.012;
    }

    /// <inheritdoc/>
    public override string ReferenceClass => "HeunDiscreteScheduler";

    /// <summary>
    /// Limits each value of the predicted clean sample to <see cref="ClipSampleRange"/> (`clip_sample`). For networks
    /// that make pixels; off for latents.
    /// </summary>
    public bool ClipSample { get; init; }

    /// <summary>The magnitude to clip to (`clip_sample_range`), above 0.</summary>
    public double ClipSampleRange { get; init; } = 1;

    internal override HeunOptions Read(OptionReader reader) => (HeunOptions)base.Read(reader) with
    {
        ClipSample = reader.Flag("clip_sample", ClipSample),
        ClipSampleRange = reader.Number("clip_sample_range", ClipSampleRange),
    };

    private protected override void Check()
    {
        base.Check();
        RequireWithin("clip_sample_range", ClipSampleRange, float.Epsilon, float.MaxValue);
    }

    private protected override IScheduler Create(int steps, int pictures) =>
        new HeunScheduler(this, SigmaSteps.OverTimesteps(this, NoiseSchedule.Create(this), steps, SigmaSpacing));
}
