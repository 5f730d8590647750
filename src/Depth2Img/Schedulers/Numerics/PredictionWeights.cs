namespace Depth2Img.Schedulers;

/// <summary>
/// What a network's output says of the clean sample or of the noise, as a weighted sum of the noisy sample and the
/// output.
/// </summary>
/// <param name="Sample">The noisy sample's weight.</param>
/// <param name="Output">The output's weight.</param>
internal readonly record struct PredictionWeights(float Sample, float Output)
{
    /// <summary>The clean sample x in a noisy sample alpha x + sigma noise.</summary>
    public static PredictionWeights Denoised(PredictionType prediction, float alpha, float sigma) => prediction switch
    {
        PredictionType.Epsilon => new(1 / alpha, -sigma / alpha),
        PredictionType.Velocity => new(alpha, -sigma),
        _ => new(0, 1),
    };

    /// <summary>The noise in a noisy sample alpha x + sigma noise.</summary>
    public static PredictionWeights Noise(PredictionType prediction, float alpha, float sigma) => prediction switch
    {
        PredictionType.Epsilon => new(0, 1),
        PredictionType.Velocity => new(sigma, alpha),
        _ => new(1 / sigma, -alpha / sigma),
    };

    /// <summary>The clean sample x in a noisy sample x + sigma noise, of which the network saw its variance brought to 1.</summary>
    public static PredictionWeights DenoisedAtSigma(PredictionType prediction, float sigma)
    {
        float squares = sigma * sigma + 1;
        return prediction switch
        {
            PredictionType.Epsilon => new(1, -sigma),
            PredictionType.Velocity => new(1 / squares, -sigma / MathF.Sqrt(squares)),
            _ => new(0, 1),
        };
    }

    /// <summary>prediction = Sample * sample + Output * output.</summary>
    public void Apply(ReadOnlySpan<float> sample, ReadOnlySpan<float> output, Span<float> prediction) =>
        Vectors.Combine(Sample, sample, Output, output, prediction);
}
