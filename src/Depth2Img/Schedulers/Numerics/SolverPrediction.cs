using static Depth2Img.Schedulers.SolverScheduler;

namespace Depth2Img.Schedulers;

/// <summary>Turns a network's output into what an exponential integrator works on: the clean sample, or the noise.</summary>
internal sealed class SolverPrediction(PredictionType prediction, bool ofSample, SampleLimiter? limiter)
{
    /// <summary>Writes the prediction for a noisy sample at a noise level.</summary>
    public void Write(ReadOnlySpan<float> sample, ReadOnlySpan<float> output, NoiseLevel level, Span<float> destination)
    {
        float alpha = (float)level.Alpha, sigma = (float)level.Sigma;
        if (!ofSample && limiter is null)
        {
            PredictionWeights.Noise(prediction, alpha, sigma).Apply(sample, output, destination);
            return;
        }
        PredictionWeights.Denoised(prediction, alpha, sigma).Apply(sample, output, destination);
        limiter?.Apply(destination);
        // The noise that goes with the limited sample.
        if (!ofSample) PredictionWeights.Noise(PredictionType.Sample, alpha, sigma).Apply(sample, destination, destination);
    }
}
