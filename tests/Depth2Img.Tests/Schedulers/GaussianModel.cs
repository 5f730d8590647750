using Depth2Img.Random;
using Depth2Img.Schedulers;

namespace Depth2Img.Tests.Schedulers;

/// <summary>
/// The perfect network for data that are independent and normal with a standard deviation: what samplers converge to
/// is then known exactly, for the ODE keeps a sample in proportion to the deviation of noisy data at its noise level.
/// </summary>
internal sealed class GaussianModel(SchedulerOptions options, double deviation)
{
    /// <summary>Runs from an evaluation to the end; every value of the first sample is given, or noisy data are drawn.</summary>
    public float[] Run(IScheduler scheduler, int begin, float[] sample, IRandomSource random)
    {
        float[] scaled = new float[sample.Length], output = new float[sample.Length];
        scheduler.SetBeginIndex(begin);
        for (int i = begin; i < scheduler.Timesteps.Length; i++)
        {
            (double alpha, double sigma) = NoiseLevel(scheduler, i);
            scheduler.ScaleModelInput(sample, i, scaled);
            for (int k = 0; k < output.Length; k++)
            {
                double variance = alpha * alpha * deviation * deviation + sigma * sigma;
                double denoised = alpha * deviation * deviation / variance * scaled[k];
                double noise = sigma / variance * scaled[k];
                output[k] = (float)(options.PredictionType switch
                {
                    PredictionType.Epsilon => noise,
                    PredictionType.Velocity => alpha * noise - sigma * denoised,
                    _ => denoised,
                });
            }
            scheduler.Step(output, i, sample, random);
        }
        return sample;
    }

    /// <summary>The deviation of noisy data as the sampler keeps them at an evaluation.</summary>
    public double DeviationAt(IScheduler scheduler, int index)
    {
        double[] weights = Weights(scheduler, index);
        return Math.Sqrt(weights[0] * weights[0] * deviation * deviation + weights[1] * weights[1]);
    }

    /// <summary>The deviation at the end, where the noise level is that given.</summary>
    public double DeviationAtEnd(bool scaled, double ratio)
    {
        double alpha = scaled ? 1 / Math.Sqrt(ratio * ratio + 1) : 1;
        return alpha * Math.Sqrt(deviation * deviation + ratio * ratio);
    }

    /// <summary>The weights of signal and noise in what the network sees, their squares adding up to 1.</summary>
    private static (double Alpha, double Sigma) NoiseLevel(IScheduler scheduler, int index)
    {
        // DPM2's middles are in no list, but the input is scaled for them.
        float[] one = [1];
        scheduler.ScaleModelInput(one, index, one);
        if (one[0] != 1) return (one[0], Math.Sqrt(1 - (double)one[0] * one[0]));
        double[] weights = Weights(scheduler, index);
        double norm = Math.Sqrt(weights[0] * weights[0] + weights[1] * weights[1]);
        return (weights[0] / norm, weights[1] / norm);
    }

    private static double[] Weights(IScheduler scheduler, int index)
    {
        float[] result = new float[2];
        scheduler.AddNoise([1, 0], [0, 1], index, result);
        return [result[0], result[1]];
    }
}
