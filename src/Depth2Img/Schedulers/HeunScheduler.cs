using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// Heun's method in noise levels (Karras et al., 2022, arXiv 2206.00364, algorithm 1 without churn): an Euler step,
/// then the same step again with the mean of the slopes at both ends. The last step, to no noise, is Euler's alone.
/// Reference: `HeunDiscreteScheduler`.
/// </summary>
internal sealed class HeunScheduler(HeunOptions options, SigmaSteps steps)
    : SigmaScheduler(options, TwiceButTheFirst(steps.Timesteps), [.. TwiceButTheFirst(steps.SigmasWith(final: 0)[..^1]), 0])
{
    private readonly SampleLimiter? _limiter = options.ClipSample ? SampleLimiter.Clip(options.ClipSampleRange) : null;
    private float[]? _start;
    private float[]? _slope;
    private float[]? _slopeAtEnd;

    public override int Order => 2;

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        Span<float> start = Buffer(ref _start, sample.Length);
        Span<float> slope = Buffer(ref _slope, sample.Length);
        Span<float> denoised = Denoise(sample, output, Sigmas[index]);
        _limiter?.Apply(denoised);
        if (index % 2 == 0)
        {
            sample.CopyTo(start);
            Differentiate(sample, denoised, Sigmas[index], slope);
            Vectors.AddScaled(sample, Sigmas[index + 1] - Sigmas[index], slope);
            return;
        }
        Span<float> slopeAtEnd = Buffer(ref _slopeAtEnd, sample.Length);
        Differentiate(sample, denoised, Sigmas[index], slopeAtEnd);
        float length = Sigmas[index] - Sigmas[index - 1];
        for (int i = 0; i < sample.Length; i++) sample[i] = start[i] + (slope[i] + slopeAtEnd[i]) / 2 * length;
    }

    /// <summary>Evaluations come at the first level, then twice at each: at the end of a step and at the start of the next.</summary>
    private static T[] TwiceButTheFirst<T>(T[] values)
    {
        T[] twice = new T[2 * values.Length - 1];
        for (int i = 0; i < twice.Length; i++) twice[i] = values[(i + 1) / 2];
        return twice;
    }
}
