namespace Depth2Img.Pipelines;

/// <summary>
/// Takes back the spread that guidance adds to a prediction (Lin et al., "Common diffusion noise schedules and sample steps are
/// flawed", 2023, section 3.4; diffusers' rescale_noise_cfg).
/// </summary>
internal static class GuidanceRescaling
{
    /// <summary>Scales a guided prediction towards the standard deviation that the conditional half has over the whole picture.</summary>
    /// <param name="guided">One picture's prediction; changed in place.</param>
    /// <param name="conditional">The conditional half's, in any order of values.</param>
    /// <param name="rescale">How much: 0 leaves it, 1 gives it the conditional half's deviation.</param>
    public static void Apply(Span<float> guided, ReadOnlySpan<float> conditional, float rescale)
    {
        double deviation = Deviation(guided);
        // A constant has no spread to take back.
        if (deviation == 0) return;
        float factor = (float)(rescale * (Deviation(conditional) / deviation) + (1 - rescale));
        foreach (ref float value in guided) value *= factor;
    }

    private static double Deviation(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values) sum += value;
        double mean = sum / values.Length;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / values.Length);
    }
}
