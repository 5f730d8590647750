using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// DPM-Solver and DPM-Solver++, multistep (Lu et al., 2022, arXiv 2211.01095, algorithm 2), as ODE and SDE; the SDEs
/// draw noise at every step. Reference: `DPMSolverMultistepScheduler`.
/// </summary>
internal sealed class DpmSolverMultistepScheduler(DpmSolverMultistepOptions options, SigmaSteps steps, float finalSigma, SampleLimiter? limiter)
    : SolverScheduler(steps.Timesteps, steps.SigmasWith(finalSigma))
{
    /// <summary>Runs of fewer steps end at lower order if that is wanted.</summary>
    private const int FewSteps = 15;

    private readonly SampleHistory _predictions = new(options.SolverOrder);
    private readonly SolverPrediction _prediction =
        new(options.PredictionType, DpmSolverCoefficients.PredictsSample(options.AlgorithmType), limiter);

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        _prediction.Write(sample, output, Level(index), _predictions.Push(sample.Length));
        NoiseLevel target = Level(index + 1), level = Level(index);
        // Karras levels that end at the least noise have no way to go at the end, and so no differences.
        int order = target == level ? 1 : Math.Min(_predictions.Count, HighestOrder(index));
        DpmSolverType type = order == 3 ? DpmSolverType.Heun : options.SolverType;
        DpmSolverCoefficients update = DpmSolverCoefficients.Create(options.AlgorithmType, type, target, level);

        // Differences in lambda, as weights of the predictions, the newest's first.
        Span<float> weights = stackalloc float[3];
        double h = target.Lambda - level.Lambda;
        weights[0] = (float)update.D0;
        if (order == 2)
        {
            double difference = update.D1 * h / (level.Lambda - Level(index - 1).Lambda);
            weights[0] = (float)(update.D0 + difference);
            weights[1] = (float)-difference;
        }
        else if (order == 3)
        {
            double newer = (level.Lambda - Level(index - 1).Lambda) / h;
            double older = (Level(index - 1).Lambda - Level(index - 2).Lambda) / h;
            // d1 = (1 + r) a - r b and d2 = (a - b) / (newer + older), of the two differences a and b. The reference's
            // d2 is half of the second derivative that the weight is for: better than order 2, but not of order 3.
            double r = newer / (newer + older);
            double a = (update.D1 * (1 + r) + update.D2 / (newer + older)) / newer;
            double b = (-update.D1 * r - update.D2 / (newer + older)) / older;
            weights[0] = (float)(update.D0 + a);
            weights[1] = (float)(b - a);
            weights[2] = (float)-b;
        }
        _predictions.Combine((float)update.Sample, weights[..order], sample);
        if (DpmSolverCoefficients.IsStochastic(options.AlgorithmType))
            Vectors.AddScaled(sample, (float)update.Noise, Draw(random, sample.Length));
    }

    private int HighestOrder(int index)
    {
        int left = Timesteps.Length - index;
        bool lowerAtEnd = options.LowerOrderFinal && Timesteps.Length < FewSteps;
        if (left == 1 && (lowerAtEnd || options.EulerAtFinal || options.FinalSigmasType == FinalSigma.Zero)) return 1;
        return left == 2 && lowerAtEnd ? 2 : 3;
    }
}
