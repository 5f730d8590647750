using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// Ancestral sampling of DDPM (Ho et al., 2020, arXiv 2006.11239, equation 7); draws noise at every step but one to
/// timestep 0. Reference: `DDPMScheduler`.
/// </summary>
internal sealed class DdpmScheduler(DdpmOptions options, NoiseSchedule noise, SampleLimiter? limiter, int steps)
    : AlphaScheduler(options, noise, TimestepSchedule.ForSteps(options, steps, whole: true), limiter)
{
    private const float LeastVariance = 1e-20f;

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        float alpha = AlphaCumprod(Timestep(index));
        float alphaPrevious = index + 1 < Timesteps.Length ? AlphaCumprod(Timestep(index + 1)) : 1;
        float beta = 1 - alpha, betaPrevious = 1 - alphaPrevious;
        float stepAlpha = alpha / alphaPrevious, stepBeta = 1 - stepAlpha;

        ReadOnlySpan<float> denoised = Denoise(sample, output, alpha);
        Vectors.Combine(MathF.Sqrt(alphaPrevious) * stepBeta / beta, denoised, MathF.Sqrt(stepAlpha) * betaPrevious / beta, sample, sample);
        if (Timestep(index) > 0) Vectors.AddScaled(sample, Deviation(stepBeta, betaPrevious / beta * stepBeta), Draw(random, sample.Length));
    }

    /// <summary>The standard deviation of a step's noise.</summary>
    private float Deviation(float stepBeta, float posteriorVariance) => options.VarianceType switch
    {
        DdpmVariance.FixedLarge => MathF.Sqrt(stepBeta),
        DdpmVariance.FixedSmallLog => MathF.Exp(0.5f * MathF.Log(MathF.Max(posteriorVariance, LeastVariance))),
        _ => MathF.Sqrt(MathF.Max(posteriorVariance, LeastVariance)),
    };
}
