namespace Depth2Img.Schedulers;

/// <summary>Arithmetic on whole samples.</summary>
internal static class Vectors
{
    /// <summary>destination += weight * values.</summary>
    public static void AddScaled(Span<float> destination, float weight, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] += weight * values[i];
    }

    /// <summary>destination = weight * values.</summary>
    public static void Scale(ReadOnlySpan<float> values, float weight, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] = weight * values[i];
    }

    /// <summary>destination = a x + b y.</summary>
    public static void Combine(float a, ReadOnlySpan<float> x, float b, ReadOnlySpan<float> y, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] = a * x[i] + b * y[i];
    }
}
