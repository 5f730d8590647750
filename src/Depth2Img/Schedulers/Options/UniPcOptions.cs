namespace Depth2Img.Schedulers;

/// <summary>Settings of UniPC (Zhao et al., 2023, arXiv 2302.04867). Reference: `UniPCMultistepScheduler`.</summary>
public sealed record UniPcOptions : SolverSchedulerOptions
{
    /// <inheritdoc/>
    public override string ReferenceClass => "UniPCMultistepScheduler";

    /// <summary>Works on the predicted clean sample (`predict_x0`) instead of the predicted noise.</summary>
    public bool PredictX0 { get; init; } = true;

    /// <summary>The function B(h) (`solver_type`).</summary>
    public UniPcSolverType SolverType { get; init; }

    /// <summary>
    /// Steps after which the corrector is left out (`disable_corrector`), counted from 0 at strength 1. The first few
    /// help where guidance is strong.
    /// </summary>
    public IReadOnlyList<int> DisableCorrector { get; init; } = [];

    /// <summary>The noise level that the last step ends at (`final_sigmas_type`).</summary>
    public FinalSigma FinalSigmasType { get; init; }

    /// <summary>
    /// The least noise level for <see cref="SigmaSpacing.Karras"/> and <see cref="SigmaSpacing.Exponential"/>
    /// (`sigma_min`); null for that of training.
    /// </summary>
    public double? SigmaMin { get; init; }

    /// <summary>The greatest noise level for these (`sigma_max`); null for that of training.</summary>
    public double? SigmaMax { get; init; }

    /// <summary>
    /// Rescales the noise schedule so that the last timestep is (all but) pure noise (`rescale_betas_zero_snr`; Lin
    /// et al., 2023). For networks trained so.
    /// </summary>
    public bool RescaleBetasZeroSnr { get; init; }

    internal override UniPcOptions Read(OptionReader reader)
    {
        reader.RequireAbsent("solver_p", "a second scheduler as predictor is not supported");
        return (UniPcOptions)base.Read(reader) with
        {
            PredictX0 = reader.Flag("predict_x0", PredictX0),
            // The reference takes other solvers' types for its default.
            SolverType = reader.Choice("solver_type", SolverType, ("bh2", UniPcSolverType.Bh2), ("bh1", UniPcSolverType.Bh1),
                ("midpoint", UniPcSolverType.Bh2), ("heun", UniPcSolverType.Bh2), ("logrho", UniPcSolverType.Bh2)),
            DisableCorrector = reader.Integers("disable_corrector") ?? DisableCorrector,
            FinalSigmasType = reader.FinalSigma(FinalSigmasType),
            SigmaMin = reader.OptionalNumber("sigma_min") ?? SigmaMin,
            SigmaMax = reader.OptionalNumber("sigma_max") ?? SigmaMax,
            RescaleBetasZeroSnr = reader.Flag("rescale_betas_zero_snr", RescaleBetasZeroSnr),
        };
    }

    private protected override void Check()
    {
        base.Check();
        if (SigmaMin is { } least) RequireWithin("sigma_min", least, float.Epsilon, float.MaxValue);
        if (SigmaMax is { } most) RequireWithin("sigma_max", most, SigmaMin ?? float.Epsilon, float.MaxValue);
        if (!PredictX0 && FinalSigmasType == FinalSigma.Zero)
            throw Refusal("predict_x0 is false, with which no step can end at no noise; set final_sigmas_type to sigma_min, or predict_x0 to true");
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = RescaleBetasZeroSnr ? NoiseSchedule.CreateZeroTerminalSnr(this, NoiseSchedule.SmallestAlphaCumprod) : NoiseSchedule.Create(this);
        SigmaSteps plan = SigmaSteps.OverWholeTimesteps(this, noise, TimestepSchedule.ForSolver(this, steps, NumTrainTimesteps), SigmaSpacing, SigmaMin, SigmaMax);
        float sigmaMin = SigmaSpacing == SigmaSpacing.Timesteps ? noise.Sigmas[0] : (float)plan.Sigmas[^1];
        return new UniPcScheduler(this, plan, FinalSigmasType == FinalSigma.Zero ? 0 : sigmaMin, CreateLimiter(pictures));
    }
}
