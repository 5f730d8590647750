using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// DPM-Solver and DPM-Solver++, singlestep (Lu et al., 2022, arXiv 2211.01095, algorithm 1), as ODE and SDE; the SDE
/// draws noise at every step. Steps come in groups: the first of a group is of order 1, and each later one starts
/// again from the group's beginning at an order one higher. Reference: `DPMSolverSinglestepScheduler`.
/// </summary>
internal sealed class DpmSolverSinglestepScheduler(DpmSolverSinglestepOptions options, SigmaSteps steps, float finalSigma, SampleLimiter? limiter)
    : SolverScheduler(steps.Timesteps, steps.SigmasWith(finalSigma))
{
    private readonly int[] _orders = Orders(options, steps.Timesteps.Length);
    private readonly SampleHistory _predictions = new(options.SolverOrder);
    private readonly SolverPrediction _prediction =
        new(options.PredictionType, DpmSolverCoefficients.PredictsSample(options.AlgorithmType), limiter);
    private float[]? _start;

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        _prediction.Write(sample, output, Level(index), _predictions.Push(sample.Length));
        int order = Math.Min(_orders[index], _predictions.Count);
        Span<float> start = Buffer(ref _start, sample.Length);
        if (order == 1) sample.CopyTo(start);

        NoiseLevel target = Level(index + 1), first = Level(index - order + 1);
        // With the midpoint rule, an update of third order takes one difference, weighed as Heun's.
        DpmSolverType type = order == 3 ? DpmSolverType.Heun : options.SolverType;
        DpmSolverCoefficients update = DpmSolverCoefficients.Create(options.AlgorithmType, type, target, first);

        // Differences in lambda from the group's beginning, as weights of the predictions, the newest's first.
        Span<float> weights = stackalloc float[3];
        double h = target.Lambda - first.Lambda;
        weights[0] = (float)update.D0;
        if (order == 2)
        {
            double difference = update.D1 * h / (Level(index).Lambda - first.Lambda);
            weights[0] = (float)difference;
            weights[1] = (float)(update.D0 - difference);
        }
        else if (order == 3)
        {
            double far = (Level(index).Lambda - first.Lambda) / h, near = (Level(index - 1).Lambda - first.Lambda) / h;
            bool midpoint = options.SolverType == DpmSolverType.Midpoint;
            // Slopes to the newest and to the middle prediction; Heun's d1 and d2 are of both.
            double newest = midpoint ? update.D1 / far : (-update.D1 * near + 2 * update.D2) / ((far - near) * far);
            double middle = midpoint ? 0 : (update.D1 * far - 2 * update.D2) / ((far - near) * near);
            weights[0] = (float)newest;
            weights[1] = (float)middle;
            weights[2] = (float)(update.D0 - newest - middle);
        }
        start.CopyTo(sample);
        _predictions.Combine((float)update.Sample, weights[..order], sample);
        if (DpmSolverCoefficients.IsStochastic(options.AlgorithmType))
            Vectors.AddScaled(sample, (float)update.Noise, Draw(random, sample.Length));
    }

    /// <summary>The order of each step: groups of 1, 2 (, 3), and lower orders at the end where that is wanted or needed.</summary>
    private static int[] Orders(DpmSolverSinglestepOptions options, int steps)
    {
        int order = options.SolverOrder;
        int[] orders = new int[steps];
        for (int i = 0; i < steps; i++) orders[i] = i % order + 1;
        // A last group that is not whole ends at a lower order by itself.
        bool endsAtNoNoise = options.FinalSigmasType == FinalSigma.Zero;
        if (endsAtNoNoise || (options.LowerOrderFinal && steps % order == 0)) orders[^1] = 1;
        return orders;
    }
}
