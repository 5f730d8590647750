using System.Numerics;

namespace Depth2Img.Depth.Filters;

/// <summary>A Gaussian blur, rows and then columns; edges are repeated outside.</summary>
internal static class GaussianFilter
{
    /// <summary>Where the kernel is cut off, in deviations: what lies beyond is less than a 16-bit level.</summary>
    private const double Reach = 4;

    public static float[] Apply(float[] values, int width, int height, double sigma)
    {
        float[] kernel = Kernel(sigma);
        int radius = kernel.Length / 2;
        float[] between = new float[values.Length], result = new float[values.Length];
        Parallel.For(0, height, y =>
        {
            ReadOnlySpan<float> row = values.AsSpan(y * width, width);
            float[] padded = new float[width + 2 * radius];
            padded.AsSpan(0, radius).Fill(row[0]);
            row.CopyTo(padded.AsSpan(radius));
            padded.AsSpan(radius + width).Fill(row[^1]);
            Span<float> target = between.AsSpan(y * width, width);
            for (int k = 0; k < kernel.Length; k++) AddScaled(padded.AsSpan(k, width), kernel[k], target);
        });
        Parallel.For(0, height, y =>
        {
            Span<float> target = result.AsSpan(y * width, width);
            for (int k = 0; k < kernel.Length; k++)
            {
                int from = Math.Clamp(y + k - radius, 0, height - 1);
                AddScaled(between.AsSpan(from * width, width), kernel[k], target);
            }
        });
        return result;
    }

    private static float[] Kernel(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(Reach * sigma));
        double[] weights = new double[2 * radius + 1];
        for (int k = 0; k < weights.Length; k++) weights[k] = Math.Exp(-0.5 * Math.Pow((k - radius) / sigma, 2));
        double sum = weights.Sum();
        return Array.ConvertAll(weights, weight => (float)(weight / sum));
    }

    private static void AddScaled(ReadOnlySpan<float> source, float weight, Span<float> sums)
    {
        int x = 0;
        for (; x <= sums.Length - Vector<float>.Count; x += Vector<float>.Count)
            (new Vector<float>(sums[x..]) + new Vector<float>(source[x..]) * weight).CopyTo(sums[x..]);
        for (; x < sums.Length; x++) sums[x] += source[x] * weight;
    }
}
