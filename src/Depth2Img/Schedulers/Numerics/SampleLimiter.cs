namespace Depth2Img.Schedulers;

/// <summary>Keeps a predicted clean sample within bounds, as networks that make pixels need.</summary>
internal sealed class SampleLimiter
{
    private readonly float _range;
    private readonly double? _quantile;
    private readonly int _pictures;
    private float[]? _magnitudes;

    private SampleLimiter(float range, double? quantile, int pictures)
    {
        _range = range;
        _quantile = quantile;
        _pictures = pictures;
    }

    /// <summary>Clips to -range..range.</summary>
    public static SampleLimiter Clip(double range) => new((float)range, null, 1);

    /// <summary>
    /// Dynamic thresholding (Saharia et al., 2022, arXiv 2205.11487, section 2.3): clips each picture to the quantile
    /// of its magnitudes, but no less than 1 and no more than a maximum, and divides by that.
    /// </summary>
    public static SampleLimiter Threshold(double quantile, double maximum, int pictures) => new((float)maximum, quantile, pictures);

    /// <summary>Limits values in place.</summary>
    public void Apply(Span<float> denoised)
    {
        if (_quantile is not { } quantile)
        {
            foreach (ref float value in denoised) value = Math.Clamp(value, -_range, _range);
            return;
        }
        int count = denoised.Length / _pictures;
        if (count * _pictures != denoised.Length)
            throw new ArgumentException($"A sample of {denoised.Length} values does not hold {_pictures} pictures.", nameof(denoised));
        for (int picture = 0; picture < _pictures; picture++)
        {
            Span<float> values = denoised.Slice(picture * count, count);
            float bound = Math.Min(Math.Max(Quantile(values, quantile), 1), _range);
            foreach (ref float value in values) value = Math.Clamp(value, -bound, bound) / bound;
        }
    }

    private float Quantile(ReadOnlySpan<float> values, double quantile)
    {
        if (values.IsEmpty) return 0;
        if (_magnitudes?.Length != values.Length) _magnitudes = new float[values.Length];
        for (int i = 0; i < values.Length; i++) _magnitudes[i] = Math.Abs(values[i]);
        Array.Sort(_magnitudes);
        double rank = quantile * (values.Length - 1);
        int below = (int)rank, above = Math.Min(below + 1, values.Length - 1);
        return (float)(_magnitudes[below] + (rank - below) * ((double)_magnitudes[above] - _magnitudes[below]));
    }
}
