namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of DPM-Solver-2 (Lu et al., 2022, arXiv 2206.00927) in k-diffusion's form (`sample_dpm_2`; Karras et al.,
/// 2022). Two evaluations a step. Reference: `KDPM2DiscreteScheduler`.
/// </summary>
public sealed record Kdpm2Options : SigmaSchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public Kdpm2Options()
    {
        BetaStart = 0.00085;
        BetaEnd = 0.012;
    }

    /// <inheritdoc/>
    public override string ReferenceClass => "KDPM2DiscreteScheduler";

    private protected override void Check()
    {
        base.Check();
        RefuseSamplePrediction();
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = NoiseSchedule.Create(this);
        return new Kdpm2Scheduler(this, noise, SigmaSteps.OverTimesteps(this, noise, steps, SigmaSpacing));
    }
}
