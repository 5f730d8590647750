using Depth2Img.Schedulers;

namespace Depth2Img.Pipelines;

/// <summary>
/// What the network takes for the clean latents in the midst of a run: the noise that it sees, taken off its input.
/// Does not depend on the sampler, for every one hands the network a sample of the same scale.
/// </summary>
/// <param name="options">What the network was trained with.</param>
internal sealed class CleanLatents(SchedulerOptions options)
{
    private readonly NoiseSchedule _schedule = NoiseSchedule.Create(options);

    /// <summary>The estimate.</summary>
    /// <param name="input">The latents as the network got them.</param>
    /// <param name="prediction">What it said of them, guided.</param>
    /// <param name="timestep">Where; whole or not.</param>
    /// <returns>As many latents, without noise.</returns>
    public float[] Estimate(ReadOnlySpan<float> input, ReadOnlySpan<float> prediction, double timestep)
    {
        float signal = MathF.Sqrt(AlphaCumprod(timestep)), noise = MathF.Sqrt(1 - signal * signal);
        (float ofInput, float ofPrediction) = options.PredictionType switch
        {
            PredictionType.Epsilon => (1 / signal, -noise / signal),
            PredictionType.Velocity => (signal, -noise),
            _ => (0f, 1f),
        };
        float[] clean = new float[input.Length];
        for (int i = 0; i < clean.Length; i++) clean[i] = ofInput * input[i] + ofPrediction * prediction[i];
        return clean;
    }

    private float AlphaCumprod(double timestep)
    {
        ReadOnlySpan<float> alphas = _schedule.AlphasCumprod;
        double at = Math.Clamp(timestep, 0, alphas.Length - 1);
        int below = (int)at, above = Math.Min(below + 1, alphas.Length - 1);
        float part = (float)(at - below);
        return Math.Max(alphas[below] + part * (alphas[above] - alphas[below]), NoiseSchedule.SmallestAlphaCumprod);
    }
}
