namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of DPM-Solver and DPM-Solver++, singlestep (Lu et al., 2022, arXiv 2206.00927 and 2211.01095).
/// Reference: `DPMSolverSinglestepScheduler`, which knows no timestep spacing: its steps are evenly spaced.
/// </summary>
public sealed record DpmSolverSinglestepOptions : SolverSchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public DpmSolverSinglestepOptions() => LowerOrderFinal = false;

    /// <inheritdoc/>
    public override string ReferenceClass => "DPMSolverSinglestepScheduler";

    /// <summary>The equation to integrate (`algorithm_type`); `sde-dpmsolver` is not among this scheduler's.</summary>
    public DpmSolverAlgorithm AlgorithmType { get; init; }

    /// <summary>How the higher-order term is weighed (`solver_type`).</summary>
    public DpmSolverType SolverType { get; init; }

    /// <summary>The noise level that the last step ends at (`final_sigmas_type`).</summary>
    public FinalSigma FinalSigmasType { get; init; }

    /// <summary>Leaves out timesteps whose lambda = log(alpha / sigma) is below this (`lambda_min_clipped`).</summary>
    public double LambdaMinClipped { get; init; } = double.NegativeInfinity;

    internal override DpmSolverSinglestepOptions Read(OptionReader reader) => (DpmSolverSinglestepOptions)base.Read(reader) with
    {
        TimestepSpacing = TimestepSpacing,
        StepsOffset = StepsOffset,
        AlgorithmType = reader.DpmSolverAlgorithm(AlgorithmType),
        SolverType = reader.DpmSolverType(SolverType),
        FinalSigmasType = reader.FinalSigma(FinalSigmasType),
        LambdaMinClipped = reader.Number("lambda_min_clipped", LambdaMinClipped),
    };

    private protected override void Check()
    {
        base.Check();
        DpmSolverCoefficients.RequireFinalSigma(this, AlgorithmType, FinalSigmasType);
        if (AlgorithmType == DpmSolverAlgorithm.SdeDpmSolver)
            throw Refusal("algorithm_type sde-dpmsolver is for DPMSolverMultistepScheduler alone; take sde-dpmsolver++, or that scheduler");
        if (AlgorithmType == DpmSolverAlgorithm.SdeDpmSolverPlusPlus && SolverType == DpmSolverType.Heun && SolverOrder == 3)
            throw Refusal("solver_order 3 with algorithm_type sde-dpmsolver++ and solver_type heun does not converge, in the reference either; take solver_type midpoint, or solver_order 2");
        if (TimestepSpacing != TimestepSpacing.Linspace)
            throw Refusal($"timestep_spacing is {TimestepSpacing.ToString().ToLowerInvariant()}; this scheduler's steps are evenly spaced (linspace)");
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = NoiseSchedule.Create(this);
        int last = NumTrainTimesteps - noise.CountBelowLambda(LambdaMinClipped);
        SigmaSteps plan = SigmaSteps.OverWholeTimesteps(this, noise, TimestepSchedule.ForSolver(this, steps, last), SigmaSpacing);
        float finalSigma = FinalSigmasType == FinalSigma.Zero ? 0 : noise.Sigmas[0];
        return new DpmSolverSinglestepScheduler(this, plan, finalSigma, CreateLimiter(pictures));
    }
}
