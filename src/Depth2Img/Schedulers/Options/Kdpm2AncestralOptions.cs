namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of ancestral sampling with DPM-Solver-2 steps (k-diffusion's `sample_dpm_2_ancestral`). Two evaluations a
/// step. Reference: `KDPM2AncestralDiscreteScheduler`.
/// </summary>
public sealed record Kdpm2AncestralOptions : SigmaSchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public Kdpm2AncestralOptions()
    {
        BetaStart = 0.00085;
        BetaEnd = 0.012;
    }

    /// <inheritdoc/>
    public override string ReferenceClass => "KDPM2AncestralDiscreteScheduler";

    private protected override void Check()
    {
        base.Check();
        RefuseSamplePrediction();
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = NoiseSchedule.Create(this);
        return new Kdpm2AncestralScheduler(this, noise, SigmaSteps.OverTimesteps(this, noise, steps, SigmaSpacing));
    }
}
