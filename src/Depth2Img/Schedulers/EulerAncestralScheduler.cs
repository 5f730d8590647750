using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// Ancestral sampling with Euler steps (k-diffusion's `sample_euler_ancestral`); draws noise at every step.
/// Reference: `EulerAncestralDiscreteScheduler`.
/// </summary>
internal sealed class EulerAncestralScheduler(SchedulerOptions options, SigmaSteps steps)
    : SigmaScheduler(options, steps.Timesteps, steps.SigmasWith(final: 0))
{
    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        float sigma = Sigmas[index];
        (float down, float up) = AncestralStep(sigma, Sigmas[index + 1]);
        EulerStep(sample, Denoise(sample, output, sigma), sigma, down);
        Vectors.AddScaled(sample, up, Draw(random, sample.Length));
    }
}
