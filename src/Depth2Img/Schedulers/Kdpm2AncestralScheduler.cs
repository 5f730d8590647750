using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// Ancestral sampling with DPM-Solver-2 steps (k-diffusion's `sample_dpm_2_ancestral`): as <see cref="Kdpm2Scheduler"/>,
/// but each step goes further down and then adds noise; draws at each second evaluation.
/// Reference: `KDPM2AncestralDiscreteScheduler`.
/// </summary>
internal sealed class Kdpm2AncestralScheduler(SchedulerOptions options, Kdpm2Levels levels)
    : SigmaScheduler(options, levels.Timesteps, levels.Sigmas)
{
    private float[]? _start;

    public Kdpm2AncestralScheduler(SchedulerOptions options, NoiseSchedule noise, SigmaSteps steps)
        : this(options, Kdpm2Levels.Create(noise, steps, DownLevels(steps)))
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
        (float down, float up) = AncestralStep(levels.Start(index), levels.End(index));
        levels.MidpointStep(start, sample, denoised, index, down);
        Vectors.AddScaled(sample, up, Draw(random, sample.Length));
    }

    private static float[] DownLevels(SigmaSteps steps)
    {
        float[] sigmas = steps.SigmasWith(final: 0);
        float[] down = new float[steps.Sigmas.Length];
        for (int i = 0; i < down.Length; i++) down[i] = AncestralStep(sigmas[i], sigmas[i + 1]).Down;
        return down;
    }
}
