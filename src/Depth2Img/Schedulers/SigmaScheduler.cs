namespace Depth2Img.Schedulers;

/// <summary>
/// Samplers in the form of Karras et al., 2022 (arXiv 2206.00364): a sample is the clean one plus sigma times noise,
/// brought to variance 1 for the network, and dx/dsigma = (x - denoised) / sigma.
/// </summary>
/// <param name="options">What the sampler was made from.</param>
/// <param name="timesteps">The timestep of each evaluation.</param>
/// <param name="sigmas">The noise level of each evaluation, and the one at the end.</param>
internal abstract class SigmaScheduler(SchedulerOptions options, double[] timesteps, float[] sigmas) : Scheduler(timesteps)
{
    private float[]? _denoised;

    public override float InitNoiseSigma => options.TimestepSpacing == TimestepSpacing.Leading ? MathF.Sqrt(sigmas[0] * sigmas[0] + 1) : sigmas[0];

    internal override ReadOnlySpan<float> Sigmas => sigmas;

    protected override (float Signal, float Noise) NoiseWeights(int index) => (1, sigmas[index]);

    protected override float InputScale(int index) => ScaleAt(sigmas[index]);

    protected static float ScaleAt(float sigma) => 1 / MathF.Sqrt(sigma * sigma + 1);

    /// <summary>The clean sample that the network sees at a noise level, in memory that the next call reuses.</summary>
    protected Span<float> Denoise(ReadOnlySpan<float> sample, ReadOnlySpan<float> output, float sigma)
    {
        Span<float> denoised = Buffer(ref _denoised, sample.Length);
        PredictionWeights.DenoisedAtSigma(options.PredictionType, sigma).Apply(sample, output, denoised);
        return denoised;
    }

    /// <summary>derivative = (sample - denoised) / sigma.</summary>
    protected static void Differentiate(ReadOnlySpan<float> sample, ReadOnlySpan<float> denoised, float sigma, Span<float> derivative)
    {
        for (int i = 0; i < derivative.Length; i++) derivative[i] = (sample[i] - denoised[i]) / sigma;
    }

    /// <summary>One Euler step in place from a noise level to another.</summary>
    protected static void EulerStep(Span<float> sample, ReadOnlySpan<float> denoised, float from, float to)
    {
        for (int i = 0; i < sample.Length; i++) sample[i] += (sample[i] - denoised[i]) / from * (to - from);
    }

    /// <summary>
    /// Splits a step for ancestral sampling: how far down to go without noise, and how much noise to add so that the
    /// step ends at the level wanted (k-diffusion's `get_ancestral_step` at eta 1).
    /// </summary>
    protected static (float Down, float Up) AncestralStep(float from, float to)
    {
        // Single precision, in the reference's order: where a step ends at little noise, the difference of squares is
        // mostly rounding. Where rounding leaves nothing of it, down is what it is without rounding: to^2 / from.
        float up = MathF.Sqrt(to * to * (from * from - to * to) / (from * from));
        float downSquared = to * to - up * up;
        return (downSquared > 0 ? MathF.Sqrt(downSquared) : to * to / from, up);
    }
}
