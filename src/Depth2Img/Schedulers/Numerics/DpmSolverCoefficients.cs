using static Depth2Img.Schedulers.SolverScheduler;

namespace Depth2Img.Schedulers;

/// <summary>
/// One update of DPM-Solver: x = Sample x + D0 d0 + D1 d1 + D2 d2 + Noise z, where d0, d1, d2 are the prediction at
/// the step's base and its first and second differences in lambda. Multistep and singlestep differ only in where the
/// base is and which predictions the differences are of (Lu et al., 2022, arXiv 2211.01095, appendix B and 2206.00927,
/// appendix B).
/// </summary>
/// <remarks>
/// The reference's SDE weighs the second difference by a term that does not vanish with the step; it is kept for the
/// same picture, and makes the multistep SDE of order 3 converge like one of order 1.
/// </remarks>
internal readonly record struct DpmSolverCoefficients(double Sample, double D0, double D1, double D2, double Noise)
{
    /// <summary>The update from a base level to a target level.</summary>
    /// <param name="algorithm">The equation.</param>
    /// <param name="type">How the first difference is weighed; Heun's is what an update of third order needs.</param>
    /// <param name="target">The level to go to; less noise than the base's.</param>
    /// <param name="start">The base.</param>
    public static DpmSolverCoefficients Create(DpmSolverAlgorithm algorithm, DpmSolverType type, NoiseLevel target, NoiseLevel start)
    {
        double h = target.Lambda - start.Lambda;
        if (h == 0) return new(1, 0, 0, 0, 0);
        double alpha = target.Alpha, sigma = target.Sigma;
        bool midpoint = type == DpmSolverType.Midpoint;
        switch (algorithm)
        {
            case DpmSolverAlgorithm.DpmSolverPlusPlus:
                {
                    double phi = Math.Exp(-h) - 1;
                    double d1 = midpoint ? -0.5 * alpha * phi : alpha * (phi / h + 1);
                    return new(sigma / start.Sigma, -alpha * phi, d1, -alpha * ((phi + h) / (h * h) - 0.5), 0);
                }
            case DpmSolverAlgorithm.DpmSolver:
                {
                    double phi = Math.Exp(h) - 1;
                    double d1 = midpoint ? -0.5 * sigma * phi : -sigma * (phi / h - 1);
                    return new(alpha / start.Alpha, -sigma * phi, d1, -sigma * ((phi - h) / (h * h) - 0.5), 0);
                }
            case DpmSolverAlgorithm.SdeDpmSolverPlusPlus:
                {
                    double phi = 1 - Math.Exp(-2 * h);
                    double d1 = midpoint ? 0.5 * alpha * phi : alpha * (phi / (-2 * h) + 1);
                    double d2 = alpha * ((phi - 2 * h) / (4 * h * h) - 0.5);
                    return new(sigma / start.Sigma * Math.Exp(-h), alpha * phi, d1, d2, sigma * Math.Sqrt(phi));
                }
            default:
                {
                    double phi = Math.Exp(h) - 1;
                    double d1 = midpoint ? -sigma * phi : -2 * sigma * (phi / h - 1);
                    return new(alpha / start.Alpha, -2 * sigma * phi, d1, 0, sigma * Math.Sqrt(Math.Exp(2 * h) - 1));
                }
        }
    }

    /// <summary>Whether predictions are of the clean sample, not of the noise.</summary>
    public static bool PredictsSample(DpmSolverAlgorithm algorithm) =>
        algorithm is DpmSolverAlgorithm.DpmSolverPlusPlus or DpmSolverAlgorithm.SdeDpmSolverPlusPlus;

    /// <summary>Whether the algorithm draws noise at every step.</summary>
    public static bool IsStochastic(DpmSolverAlgorithm algorithm) =>
        algorithm is DpmSolverAlgorithm.SdeDpmSolver or DpmSolverAlgorithm.SdeDpmSolverPlusPlus;

    /// <summary>Refuses to end at no noise with an algorithm that has no limit there.</summary>
    public static void RequireFinalSigma(SchedulerOptions options, DpmSolverAlgorithm algorithm, FinalSigma finalSigma)
    {
        if (!PredictsSample(algorithm) && finalSigma == FinalSigma.Zero)
            throw options.Refusal("algorithm_type dpmsolver and sde-dpmsolver cannot end at no noise; set final_sigmas_type to sigma_min, or take dpmsolver++ or sde-dpmsolver++");
    }
}
