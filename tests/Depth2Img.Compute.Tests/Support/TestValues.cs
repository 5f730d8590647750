namespace Depth2Img.Compute.Tests.Support;

/// <summary>Reproducible numbers.</summary>
internal static class TestValues
{
    /// <summary>Uniform in -scale .. scale, shifted.</summary>
    public static float[] Random(int count, int seed, float scale = 1, float shift = 0)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) values[i] = shift + scale * (2 * random.NextSingle() - 1);
        return values;
    }

    /// <summary>What formulas trip over: zeros, infinities, NaN, subnormals, the largest numbers, and the ends of ranges of exp.</summary>
    public static float[] Special { get; } =
    [
        0, -0f, 1, -1, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, 1.17549435e-38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 87, -87, 88.7f, 88.73f, 89, -88, -103, -103.98f, -104.1f, -110, 128, -128,
        1e10f, -1e10f, 1e38f, -1e38f, 16, -16, -15.9f, 3.9f, 3.92f, 3.93f, -3.92f, 4, -4, 5.55f, -5.55f, 0.625f, -0.625f, 0.624f, 9, -9.1f,
    ];

    /// <summary>Single-precision numbers of every sign and magnitude: bit patterns a prime apart, and the special ones.</summary>
    public static float[] AllMagnitudes(int stride)
    {
        List<float> values = [.. Special];
        for (long bits = int.MinValue; bits <= int.MaxValue; bits += stride) values.Add(BitConverter.Int32BitsToSingle((int)bits));
        return [.. values];
    }
}
