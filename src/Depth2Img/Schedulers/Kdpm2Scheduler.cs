using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// DPM-Solver-2 (Lu et al., 2022, arXiv 2206.00927) in k-diffusion's form (`sample_dpm_2`): half a step in log sigma,
/// then the whole step with the slope found there. The last step, to no noise, is Euler's alone.
/// Reference: `KDPM2DiscreteScheduler`.
/// </summary>
internal sealed class Kdpm2Scheduler(SchedulerOptions options, Kdpm2Levels levels)
    : SigmaScheduler(options, levels.Timesteps, levels.Sigmas)
{
    private float[]? _start;

    public Kdpm2Scheduler(SchedulerOptions options, NoiseSchedule noise, SigmaSteps steps)
        : this(options, Kdpm2Levels.Create(noise, steps, ends: steps.SigmasWith(final: 0).AsSpan(1)))
    {
    }

    public override int Order => 2;

    /// <summary>What the network sees at every second evaluation is a sample in the middle of a step.</summary>
    protected override (float Signal, float Noise) NoiseWeights(int index) => (1, levels.Evaluated(index));

    protected override float InputScale(int index) => ScaleAt(levels.Evaluated(index));

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        Span<float> start = Buffer(ref _start, sample.Length);
        Span<float> denoised = Denoise(sample, output, levels.Evaluated(index));
        if (index % 2 == 0)
        {
            sample.CopyTo(start);
            EulerStep(sample, denoised, levels.Start(index), levels.Middle(index));
            return;
        }
        levels.MidpointStep(start, sample, denoised, index, levels.End(index));
    }
}
