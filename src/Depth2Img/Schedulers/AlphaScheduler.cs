namespace Depth2Img.Schedulers;

/// <summary>
/// Samplers that step along training's own timesteps: a sample is sqrt(alpha-bar) times the clean one plus sqrt(1 -
/// alpha-bar) times noise.
/// </summary>
/// <param name="options">What the sampler was made from.</param>
/// <param name="noise">The training's noise.</param>
/// <param name="timesteps">The timestep of each evaluation; whole numbers.</param>
/// <param name="limiter">Keeps predicted clean samples within bounds; or null.</param>
internal abstract class AlphaScheduler(SchedulerOptions options, NoiseSchedule noise, double[] timesteps, SampleLimiter? limiter) : Scheduler(timesteps)
{
    private float[]? _denoised;

    protected override (float Signal, float Noise) NoiseWeights(int index)
    {
        float alphaCumprod = AlphaCumprod(Timestep(index));
        return (MathF.Sqrt(alphaCumprod), MathF.Sqrt(1 - alphaCumprod));
    }

    protected int Timestep(int index) => (int)Timesteps[index];

    protected float AlphaCumprod(int timestep) => noise.AlphasCumprod[timestep];

    /// <summary>The clean sample that the network sees, in memory that the next call reuses.</summary>
    protected ReadOnlySpan<float> Denoise(ReadOnlySpan<float> sample, ReadOnlySpan<float> output, float alphaCumprod)
    {
        Span<float> denoised = Buffer(ref _denoised, sample.Length);
        PredictionWeights.Denoised(options.PredictionType, MathF.Sqrt(alphaCumprod), MathF.Sqrt(1 - alphaCumprod)).Apply(sample, output, denoised);
        limiter?.Apply(denoised);
        return denoised;
    }
}
