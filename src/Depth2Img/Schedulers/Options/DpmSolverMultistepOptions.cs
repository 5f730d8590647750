namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of DPM-Solver and DPM-Solver++, multistep, as ODE and SDE (Lu et al., 2022, arXiv 2206.00927 and
/// 2211.01095). Reference: `DPMSolverMultistepScheduler`.
/// </summary>
public sealed record DpmSolverMultistepOptions : SolverSchedulerOptions
{
    /// <inheritdoc/>
    public override string ReferenceClass => "DPMSolverMultistepScheduler";

    /// <summary>The equation to integrate (`algorithm_type`).</summary>
    public DpmSolverAlgorithm AlgorithmType { get; init; }

    /// <summary>How the second-order term is weighed (`solver_type`).</summary>
    public DpmSolverType SolverType { get; init; }

    /// <summary>Takes the very last step at order 1 (`euler_at_final`).</summary>
    public bool EulerAtFinal { get; init; }

    /// <summary>The noise level that the last step ends at (`final_sigmas_type`).</summary>
    public FinalSigma FinalSigmasType { get; init; }

    /// <summary>
    /// Leaves out timesteps whose lambda = log(alpha / sigma) is below this (`lambda_min_clipped`); the cosine
    /// schedule wants -5.1.
    /// </summary>
    public double LambdaMinClipped { get; init; } = double.NegativeInfinity;

    /// <summary>
    /// Rescales the noise schedule so that the last timestep is (all but) pure noise (`rescale_betas_zero_snr`; Lin
    /// et al., 2023). For networks trained so.
    /// </summary>
    public bool RescaleBetasZeroSnr { get; init; }

    private protected override bool KnowsLu => true;

    internal override DpmSolverMultistepOptions Read(OptionReader reader) => (DpmSolverMultistepOptions)base.Read(reader) with
    {
        AlgorithmType = reader.DpmSolverAlgorithm(AlgorithmType),
        SolverType = reader.DpmSolverType(SolverType),
        EulerAtFinal = reader.Flag("euler_at_final", EulerAtFinal),
        FinalSigmasType = reader.FinalSigma(FinalSigmasType),
        LambdaMinClipped = reader.Number("lambda_min_clipped", LambdaMinClipped),
        RescaleBetasZeroSnr = reader.Flag("rescale_betas_zero_snr", RescaleBetasZeroSnr),
    };

    private protected override void Check()
    {
        base.Check();
        DpmSolverCoefficients.RequireFinalSigma(this, AlgorithmType, FinalSigmasType);
        if (AlgorithmType == DpmSolverAlgorithm.SdeDpmSolver && SolverOrder == 3)
            throw Refusal("algorithm_type sde-dpmsolver has no solver_order 3; take order 1 or 2, or sde-dpmsolver++");
        if (TimestepSpacing == TimestepSpacing.Trailing && !double.IsNegativeInfinity(LambdaMinClipped))
            throw Refusal("lambda_min_clipped would cut steps off where timestep_spacing is trailing; take linspace or leading");
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = RescaleBetasZeroSnr ? NoiseSchedule.CreateZeroTerminalSnr(this, NoiseSchedule.SmallestAlphaCumprod) : NoiseSchedule.Create(this);
        int last = NumTrainTimesteps - noise.CountBelowLambda(LambdaMinClipped);
        SigmaSteps plan = SigmaSteps.OverWholeTimesteps(this, noise, TimestepSchedule.ForSolver(this, steps, last), SigmaSpacing);
        float finalSigma = FinalSigmasType == FinalSigma.Zero ? 0 : noise.Sigmas[0];
        return new DpmSolverMultistepScheduler(this, plan, finalSigma, CreateLimiter(pictures));
    }
}
