using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// DDIM (Song et al., 2020, arXiv 2010.02502, equation 12); draws noise at every step if eta is above 0. Reference:
/// `DDIMScheduler`.
/// </summary>
internal sealed class DdimScheduler(DdimOptions options, NoiseSchedule noise, SampleLimiter? limiter, int steps)
    : AlphaScheduler(options, noise, TimestepSchedule.ForSteps(options, steps, whole: true), limiter)
{
    private readonly float _finalAlphaCumprod = options.SetAlphaToOne ? 1 : noise.AlphasCumprod[0];
    private readonly int _stride = options.NumTrainTimesteps / steps;
    private float[]? _epsilon;

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        int timestep = Timestep(index), previous = timestep - _stride;
        float alpha = AlphaCumprod(timestep), alphaPrevious = previous >= 0 ? AlphaCumprod(previous) : _finalAlphaCumprod;
        float beta = 1 - alpha, betaPrevious = 1 - alphaPrevious;
        float deviation = (float)options.Eta * MathF.Sqrt(betaPrevious / beta * (1 - alpha / alphaPrevious));
        // The step towards the noisy sample has what is left of the noise's variance; rounding may leave less than none.
        float direction = MathF.Sqrt(MathF.Max(betaPrevious - deviation * deviation, 0));

        // The noise is what the output says, whatever limit is put to the clean sample.
        Span<float> epsilon = Buffer(ref _epsilon, sample.Length);
        PredictionWeights.Noise(options.PredictionType, MathF.Sqrt(alpha), MathF.Sqrt(beta)).Apply(sample, output, epsilon);
        ReadOnlySpan<float> denoised = Denoise(sample, output, alpha);
        Vectors.Combine(MathF.Sqrt(alphaPrevious), denoised, direction, epsilon, sample);
        if (options.Eta > 0) Vectors.AddScaled(sample, deviation, Draw(random, sample.Length));
    }
}
