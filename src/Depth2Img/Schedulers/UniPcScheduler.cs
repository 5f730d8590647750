using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// UniPC, multistep (Zhao et al., 2023, arXiv 2302.04867, algorithms 5 to 8): each evaluation first corrects the step
/// that led to it, then predicts the next. Reference: `UniPCMultistepScheduler`.
/// </summary>
internal sealed class UniPcScheduler(UniPcOptions options, SigmaSteps steps, float finalSigma, SampleLimiter? limiter)
    : SolverScheduler(steps.Timesteps, steps.SigmasWith(finalSigma))
{
    private const int MaxOrder = 3;

    private readonly SampleHistory _predictions = new(options.SolverOrder);
    private readonly SolverPrediction _prediction = new(options.PredictionType, options.PredictX0, limiter);
    private float[]? _current;
    private float[]? _stepStart;
    private int _stepOrder;

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        Span<float> current = Buffer(ref _current, sample.Length);
        Span<float> stepStart = Buffer(ref _stepStart, sample.Length);
        _prediction.Write(sample, output, Level(index), current);
        if (_stepOrder > 0 && !options.DisableCorrector.Contains(index - 1)) Correct(current, stepStart, index, sample);
        current.CopyTo(_predictions.Push(sample.Length));
        sample.CopyTo(stepStart);
        _stepOrder = OrderAt(index);
        Predict(index, sample);
    }

    /// <summary>
    /// No more than the predictions that there are, and, if that is wanted or the end is at no noise, than the steps
    /// left.
    /// </summary>
    private int OrderAt(int index)
    {
        int left = Timesteps.Length - index;
        // Higher orders have no limit where the next level has no noise, or is this level again.
        bool noDifferences = Sigmas[index + 1] == 0 || Sigmas[index + 1] == Sigmas[index];
        if (noDifferences) return 1;
        return Math.Min(_predictions.Count, options.LowerOrderFinal ? left : options.SolverOrder);
    }

    /// <summary>UniP: the step from the level of <paramref name="index"/> to the next.</summary>
    private void Predict(int index, Span<float> sample)
    {
        Span<double> ratios = stackalloc double[MaxOrder - 1], rhos = stackalloc double[MaxOrder];
        Update update = new(options, Level(index), Level(index + 1));
        int differences = _stepOrder - 1;
        Ratios(index, ratios[..differences]);
        // The reference takes the exact solution's limit at order 2.
        if (differences == 1) rhos[0] = 0.5;
        else if (differences == 2) update.Solve(ratios, rhos[..2]);
        Combine(update, ratios[..differences], rhos, sample);
    }

    /// <summary>UniC: the step that led to the level of <paramref name="index"/> again, with the prediction made there.</summary>
    private void Correct(ReadOnlySpan<float> current, ReadOnlySpan<float> stepStart, int index, Span<float> sample)
    {
        Span<double> ratios = stackalloc double[MaxOrder], rhos = stackalloc double[MaxOrder];
        Update update = new(options, Level(index - 1), Level(index));
        int differences = _stepOrder - 1;
        Ratios(index - 1, ratios[..differences]);
        ratios[differences] = 1;
        if (_stepOrder == 1) rhos[0] = 0.5;
        else update.Solve(ratios[.._stepOrder], rhos[.._stepOrder]);
        double own = rhos[differences];
        stepStart.CopyTo(sample);
        Combine(update with { Newest = update.Newest - update.Difference * own }, ratios[..differences], rhos, sample);
        Vectors.AddScaled(sample, (float)(update.Difference * own), current);
    }

    /// <summary>How far back earlier levels lie from the level of <paramref name="index"/>, over how far forward the next does.</summary>
    private void Ratios(int index, Span<double> ratios)
    {
        double lambda = Level(index).Lambda, h = Level(index + 1).Lambda - lambda;
        for (int i = 0; i < ratios.Length; i++) ratios[i] = (Level(index - 1 - i).Lambda - lambda) / h;
    }

    /// <summary>
    /// Adds the newest prediction and the differences of earlier ones from it, each over its ratio, to the scaled
    /// sample.
    /// </summary>
    private void Combine(Update update, ReadOnlySpan<double> ratios, ReadOnlySpan<double> rhos, Span<float> sample)
    {
        Span<float> weights = stackalloc float[MaxOrder];
        double newest = update.Newest;
        for (int i = 0; i < ratios.Length; i++)
        {
            double weight = update.Difference * rhos[i] / ratios[i];
            newest -= weight;
            weights[i + 1] = (float)weight;
        }
        weights[0] = (float)newest;
        _predictions.Combine((float)update.Sample, weights[..(ratios.Length + 1)], sample);
    }

    /// <summary>The weights of a step that do not depend on its order.</summary>
    private readonly record struct Update
    {
        private readonly double _h;
        private readonly double _b;

        public Update(UniPcOptions options, NoiseLevel from, NoiseLevel to)
        {
            double h = to.Lambda - from.Lambda;
            _h = options.PredictX0 ? -h : h;
            double phi = Math.Exp(_h) - 1;
            _b = options.SolverType == UniPcSolverType.Bh1 ? _h : phi;
            double scale = options.PredictX0 ? to.Alpha : to.Sigma;
            Sample = options.PredictX0 ? to.Sigma / from.Sigma : to.Alpha / from.Alpha;
            Newest = -scale * phi;
            Difference = -scale * _b;
        }

        public double Sample { get; init; }

        /// <summary>The newest prediction's weight at order 1.</summary>
        public double Newest { get; init; }

        /// <summary>The weight of differences, before rho.</summary>
        public double Difference { get; init; }

        /// <summary>
        /// The rhos that make the step exact for polynomials (equations 5 and 8 of the paper): for each power i from 0,
        /// the sum of rho_k ratio_k^i is what the step's integral of that power comes to, over B(h).
        /// </summary>
        public void Solve(ReadOnlySpan<double> ratios, Span<double> rhos)
        {
            int count = rhos.Length;
            Span<double> matrix = stackalloc double[count * count];
            double phi = (Math.Exp(_h) - 1) / _h - 1, factorial = 1;
            for (int i = 0; i < count; i++)
            {
                for (int k = 0; k < count; k++) matrix[i * count + k] = Math.Pow(ratios[k], i);
                rhos[i] = phi * factorial / _b;
                factorial *= i + 2;
                phi = phi / _h - 1 / factorial;
            }
            LinearSystem.Solve(matrix, rhos);
        }
    }
}
