using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// Euler's method in noise levels (Karras et al., 2022, arXiv 2206.00364, algorithm 2 without churn). Reference:
/// `EulerDiscreteScheduler`.
/// </summary>
internal sealed class EulerScheduler(SchedulerOptions options, SigmaSteps steps, float finalSigma)
    : SigmaScheduler(options, steps.Timesteps, steps.SigmasWith(finalSigma))
{
    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random) =>
        EulerStep(sample, Denoise(sample, output, Sigmas[index]), Sigmas[index], Sigmas[index + 1]);
}
