namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of Euler's method in noise levels (Karras et al., 2022, arXiv 2206.00364, algorithm 2 without churn).
/// Reference: `EulerDiscreteScheduler`.
/// </summary>
public sealed record EulerOptions : SigmaSchedulerOptions
{
    /// <inheritdoc/>
    public override string ReferenceClass => "EulerDiscreteScheduler";

    /// <summary>
    /// Rescales the noise schedule so that the last timestep is (all but) pure noise (`rescale_betas_zero_snr`; Lin
    /// et al., 2023). For networks trained so.
    /// </summary>
    public bool RescaleBetasZeroSnr { get; init; }

    /// <summary>The noise level that the last step ends at (`final_sigmas_type`).</summary>
    public FinalSigma FinalSigmasType { get; init; }

    /// <summary>
    /// The least noise level for <see cref="SigmaSpacing.Karras"/> and <see cref="SigmaSpacing.Exponential"/>
    /// (`sigma_min`); null for that of the timesteps.
    /// </summary>
    public double? SigmaMin { get; init; }

    /// <summary>The greatest noise level for these (`sigma_max`); null for that of the timesteps.</summary>
    public double? SigmaMax { get; init; }

    internal override EulerOptions Read(OptionReader reader)
    {
        EulerOptions options = (EulerOptions)base.Read(reader) with
        {
            RescaleBetasZeroSnr = reader.Flag("rescale_betas_zero_snr", RescaleBetasZeroSnr),
            FinalSigmasType = reader.FinalSigma(FinalSigmasType),
            SigmaMin = reader.OptionalNumber("sigma_min") ?? SigmaMin,
            SigmaMax = reader.OptionalNumber("sigma_max") ?? SigmaMax,
        };
        reader.RequireWord("interpolation_type", "linear");
        // The reference looks at this key for networks that predict velocity alone.
        if (options.PredictionType == PredictionType.Velocity) reader.RequireWord("timestep_type", "discrete");
        return options;
    }

    private protected override void Check()
    {
        base.Check();
        if (SigmaMin is { } least) RequireWithin("sigma_min", least, float.Epsilon, float.MaxValue);
        if (SigmaMax is { } most) RequireWithin("sigma_max", most, SigmaMin ?? float.Epsilon, float.MaxValue);
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = RescaleBetasZeroSnr ? NoiseSchedule.CreateZeroTerminalSnr(this, NoiseSchedule.SmallestAlphaCumprod) : NoiseSchedule.Create(this);
        SigmaSteps plan = SigmaSteps.OverTimesteps(this, noise, steps, SigmaSpacing, SigmaMin, SigmaMax);
        return new EulerScheduler(this, plan, FinalSigmasType == FinalSigma.Zero ? 0 : noise.Sigmas[0]);
    }
}
