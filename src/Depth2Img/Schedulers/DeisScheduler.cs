using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// DEIS, multistep in log rho (Zhang and Chen, 2022, arXiv 2204.13902): with rho = sigma / alpha the ODE is
/// d(x / alpha) / drho = noise, and the noise is taken as the polynomial in log rho through the newest predictions.
/// Reference: `DEISMultistepScheduler`.
/// </summary>
internal sealed class DeisScheduler(DeisOptions options, SigmaSteps steps, float finalSigma, SampleLimiter? limiter)
    : SolverScheduler(steps.Timesteps, steps.SigmasWith(finalSigma))
{
    /// <summary>Runs of fewer steps end at lower order if that is wanted.</summary>
    private const int FewSteps = 15;

    private readonly SampleHistory _predictions = new(options.SolverOrder);
    private readonly SolverPrediction _prediction = new(options.PredictionType, ofSample: false, limiter);

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        _prediction.Write(sample, output, Level(index), _predictions.Push(sample.Length));
        int left = Timesteps.Length - index;
        int highest = options.LowerOrderFinal && Timesteps.Length < FewSteps ? left : options.SolverOrder;
        int order = Math.Min(_predictions.Count, highest);

        NoiseLevel target = Level(index + 1), level = Level(index);
        Span<float> weights = stackalloc float[3];
        for (int age = 0; age < order; age++) weights[age] = (float)(target.Alpha * IntegrateBasis(index, order, age));
        _predictions.Combine((float)(target.Alpha / level.Alpha), weights[..order], sample);
    }

    /// <summary>
    /// The integral over rho, along the step, of the polynomial in log rho that is 1 at the level
    /// <paramref name="age"/> steps ago and 0 at the others of <paramref name="order"/> levels.
    /// </summary>
    private double IntegrateBasis(int index, int order, int age)
    {
        double from = Level(index).Ratio, to = Level(index + 1).Ratio;
        double own = Math.Log(Level(index - age).Ratio);
        switch (order)
        {
            case 1:
                return to - from;
            case 2:
                double other = Math.Log(Level(index - (1 - age)).Ratio);
                return (Linear(to) - Linear(from)) / (own - other);

                // The integral of log rho - other.
                double Linear(double rho) => rho * (Math.Log(rho) - 1 - other);
            default:
                double first = Math.Log(Level(index - (age + 1) % 3).Ratio), second = Math.Log(Level(index - (age + 2) % 3).Ratio);
                return (Quadratic(to) - Quadratic(from)) / ((own - first) * (own - second));

                // The integral of (log rho - first) (log rho - second).
                double Quadratic(double rho)
                {
                    double log = Math.Log(rho);
                    return rho * (log * log - 2 * log + 2 - (first + second) * (log - 1) + first * second);
                }
        }
    }
}
