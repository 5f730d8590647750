namespace Depth2Img.Schedulers;

/// <summary>
/// The noise that the network was trained with, a value a training timestep: alpha-bar, the product of 1 - beta up to
/// it, and sigma = sqrt((1 - alpha-bar) / alpha-bar). Single precision, as the reference computes it, with its
/// products accumulated in double.
/// </summary>
internal sealed class NoiseSchedule
{
    /// <summary>What stands in for an alpha-bar of 0 where a finite sigma (4096) is needed.</summary>
    public const float SmallestAlphaCumprod = 1f / (1 << 24);

    private const double MaxCosineBeta = 0.999;

    private readonly float[] _alphasCumprod;
    private readonly float[] _sigmas;

    private NoiseSchedule(SchedulerOptions options, float[] alphasCumprod)
    {
        _alphasCumprod = alphasCumprod;
        _sigmas = new float[alphasCumprod.Length];
        LogSigmas = new float[alphasCumprod.Length];
        for (int t = 0; t < alphasCumprod.Length; t++)
        {
            float alpha = alphasCumprod[t];
            _sigmas[t] = MathF.Sqrt((1 - alpha) / alpha);
            LogSigmas[t] = MathF.Log(_sigmas[t]);
            bool pureNoiseAtTheEnd = alpha == 0 && t == alphasCumprod.Length - 1;
            string? fault = !pureNoiseAtTheEnd && !float.IsFinite(LogSigmas[t]) ? (alpha < 0.5f ? "leave no signal" : "leave no noise")
                : t > 0 && !(alpha < alphasCumprod[t - 1]) ? "add no noise"
                : null;
            if (fault is not null)
                throw options.Refusal($"the betas {fault} at timestep {t}; check beta_start ({options.BetaStart}), beta_end ({options.BetaEnd}), beta_schedule and trained_betas");
        }
    }

    /// <summary>Alpha-bar: how much of a sample's variance is signal, by timestep.</summary>
    public ReadOnlySpan<float> AlphasCumprod => _alphasCumprod;

    /// <summary>Noise over signal, by timestep, ascending.</summary>
    public ReadOnlySpan<float> Sigmas => _sigmas;

    /// <summary>The logarithms of <see cref="Sigmas"/>.</summary>
    public float[] LogSigmas { get; }

    /// <summary>The schedule that the options describe.</summary>
    public static NoiseSchedule Create(SchedulerOptions options) => new(options, CumulativeProduct(Betas(options)));

    /// <summary>
    /// The schedule shifted and scaled so that its last timestep is pure noise (Lin et al., 2023, algorithm 1).
    /// </summary>
    /// <param name="options">What describes the schedule.</param>
    /// <param name="terminalAlphaCumprod">What to put at the last timestep in place of 0.</param>
    public static NoiseSchedule CreateZeroTerminalSnr(SchedulerOptions options, float terminalAlphaCumprod)
    {
        float[] root = Create(options)._alphasCumprod;
        for (int t = 0; t < root.Length; t++) root[t] = MathF.Sqrt(root[t]);
        float first = root[0], last = root[^1], scale = first / (first - last);
        float[] betas = new float[root.Length];
        float previous = 1;
        for (int t = 0; t < root.Length; t++)
        {
            float scaled = (root[t] - last) * scale;
            float alphaCumprod = scaled * scaled;
            betas[t] = 1 - alphaCumprod / previous;
            previous = alphaCumprod;
        }
        float[] alphasCumprod = CumulativeProduct(betas);
        alphasCumprod[^1] = terminalAlphaCumprod;
        return new NoiseSchedule(options, alphasCumprod);
    }

    /// <summary>How many timesteps have a log(alpha / sigma) below a bound.</summary>
    public int CountBelowLambda(double bound)
    {
        int count = 0;
        foreach (float logSigma in LogSigmas)
        {
            if (-logSigma < bound) count++;
        }
        return count;
    }

    private static float[] Betas(SchedulerOptions options) => options switch
    {
        { TrainedBetas: { } trained } => [.. trained.Select(beta => (float)beta)],
        { BetaSchedule: BetaSchedule.Linear } => Linspace(options.BetaStart, options.BetaEnd, options.NumTrainTimesteps),
        { BetaSchedule: BetaSchedule.ScaledLinear } => Array.ConvertAll(
            Linspace(Math.Sqrt(options.BetaStart), Math.Sqrt(options.BetaEnd), options.NumTrainTimesteps), root => root * root),
        _ => Cosine(options.NumTrainTimesteps),
    };

    /// <summary>torch.linspace in single precision: from both ends towards the middle.</summary>
    private static float[] Linspace(double start, double end, int count)
    {
        float first = (float)start, last = (float)end, step = (last - first) / (count - 1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = i < count / 2 ? first + step * i : last - step * (count - 1 - i);
        return values;
    }

    /// <summary>Nichol and Dhariwal, 2021 (arXiv 2102.09672), equation 17.</summary>
    private static float[] Cosine(int count)
    {
        float[] betas = new float[count];
        for (int i = 0; i < count; i++)
            betas[i] = (float)Math.Min(1 - AlphaBar((i + 1) / (double)count) / AlphaBar(i / (double)count), MaxCosineBeta);
        return betas;

        static double AlphaBar(double t)
        {
            double cosine = Math.Cos((t + 0.008) / 1.008 * Math.PI / 2);
            return cosine * cosine;
        }
    }

    private static float[] CumulativeProduct(float[] betas)
    {
        float[] products = new float[betas.Length];
        double product = 1;
        for (int t = 0; t < betas.Length; t++)
        {
            product *= 1 - betas[t];
            products[t] = (float)product;
        }
        return products;
    }
}
