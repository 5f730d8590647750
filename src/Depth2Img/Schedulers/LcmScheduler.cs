using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// Multistep consistency sampling (Luo et al., 2023, arXiv 2310.04378, algorithm 3): each step goes to the clean sample
/// at once, and all but the last add noise again. Reference: `LCMScheduler`.
/// </summary>
internal sealed class LcmScheduler(LcmOptions options, NoiseSchedule noise, SampleLimiter? limiter, int steps)
    : AlphaScheduler(options, noise, Plan(options, steps), limiter)
{
    /// <summary>The standard deviation of data that the consistency function's weights assume.</summary>
    private const double SigmaData = 0.5;

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        int timestep = Timestep(index);
        double scaled = timestep * options.TimestepScaling, squares = scaled * scaled + SigmaData * SigmaData;
        float skip = (float)(SigmaData * SigmaData / squares), through = (float)(scaled / Math.Sqrt(squares));

        ReadOnlySpan<float> denoised = Denoise(sample, output, AlphaCumprod(timestep));
        Vectors.Combine(through, denoised, skip, sample, sample);
        if (index == Timesteps.Length - 1) return;
        (float signal, float noiseWeight) = NoiseWeights(index + 1);
        Vectors.Combine(signal, sample, noiseWeight, Draw(random, sample.Length), sample);
    }

    /// <summary>Timesteps of the teacher's schedule, evenly picked from the noisiest down.</summary>
    private static double[] Plan(LcmOptions options, int steps)
    {
        int original = options.OriginalInferenceSteps, stride = options.NumTrainTimesteps / original;
        double[] timesteps = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            int skipped = (int)Math.Floor(i * (original / (double)steps));
            timesteps[i] = (original - skipped) * stride - 1;
        }
        return timesteps;
    }
}
