namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of ancestral sampling with Euler steps (k-diffusion's `sample_euler_ancestral`). Reference:
/// `EulerAncestralDiscreteScheduler`.
/// </summary>
public sealed record EulerAncestralOptions : SchedulerOptions
{
    /// <inheritdoc/>
    public override string ReferenceClass => "EulerAncestralDiscreteScheduler";

    /// <summary>
    /// Rescales the noise schedule so that the last timestep is (all but) pure noise (`rescale_betas_zero_snr`; Lin
    /// et al., 2023). For networks trained so.
    /// </summary>
    public bool RescaleBetasZeroSnr { get; init; }

    internal override EulerAncestralOptions Read(OptionReader reader) => (EulerAncestralOptions)base.Read(reader) with
    {
        RescaleBetasZeroSnr = reader.Flag("rescale_betas_zero_snr", RescaleBetasZeroSnr),
    };

    private protected override void Check()
    {
        base.Check();
        RefuseSamplePrediction();
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = RescaleBetasZeroSnr ? NoiseSchedule.CreateZeroTerminalSnr(this, NoiseSchedule.SmallestAlphaCumprod) : NoiseSchedule.Create(this);
        return new EulerAncestralScheduler(this, SigmaSteps.OverTimesteps(this, noise, steps, SigmaSpacing.Timesteps));
    }
}
