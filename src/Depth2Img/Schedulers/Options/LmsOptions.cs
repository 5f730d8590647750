namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of the linear multistep method of order 4 in noise levels (k-diffusion's `sample_lms`). Reference:
/// `LMSDiscreteScheduler`.
/// </summary>
public sealed record LmsOptions : SigmaSchedulerOptions
{
    /// <inheritdoc/>
    public override string ReferenceClass => "LMSDiscreteScheduler";

    private protected override IScheduler Create(int steps, int pictures) =>
        new LmsScheduler(this, SigmaSteps.OverTimesteps(this, NoiseSchedule.Create(this), steps, SigmaSpacing));
}
