namespace Depth2Img.Schedulers;

/// <summary>Settings of DEIS, multistep in log rho (Zhang and Chen, 2022, arXiv 2204.13902). Reference: `DEISMultistepScheduler`.</summary>
public sealed record DeisOptions : SolverSchedulerOptions
{
    /// <inheritdoc/>
    public override string ReferenceClass => "DEISMultistepScheduler";

    internal override DeisOptions Read(OptionReader reader)
    {
        // The reference has one algorithm and one type, and takes other solvers' for them.
        reader.RequireWord("algorithm_type", "deis", "dpmsolver", "dpmsolver++");
        reader.RequireWord("solver_type", "logrho", "midpoint", "heun", "bh1", "bh2");
        return (DeisOptions)base.Read(reader);
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        NoiseSchedule noise = NoiseSchedule.Create(this);
        SigmaSteps plan = SigmaSteps.OverWholeTimesteps(this, noise, TimestepSchedule.ForSolver(this, steps, NumTrainTimesteps), SigmaSpacing);
        // The method divides by sigma, so it ends at the least noise, never at none.
        float finalSigma = SigmaSpacing == SigmaSpacing.Timesteps ? noise.Sigmas[0] : (float)plan.Sigmas[^1];
        return new DeisScheduler(this, plan, finalSigma, CreateLimiter(pictures));
    }
}
