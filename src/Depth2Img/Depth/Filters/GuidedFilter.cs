namespace Depth2Img.Depth.Filters;

/// <summary>The guided filter with the map as its own guide: within a window a value becomes a x + b, a near 0 where the window is even, near 1 where it holds a step.</summary>
internal static class GuidedFilter
{
    public static float[] Apply(float[] values, int width, int height, int radius, double step)
    {
        // Around the first value, so that squares do not drown a small variance in a large mean.
        double offset = values[0];
        double[] centred = Array.ConvertAll(values, value => value - offset);
        double[] mean = BoxFilter.Mean(centred, width, height, radius);
        double[] slopes = BoxFilter.Mean(Array.ConvertAll(centred, value => value * value), width, height, radius);
        double[] shifts = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double variance = Math.Max(0, slopes[i] - mean[i] * mean[i]);
            slopes[i] = variance / (variance + step * step);
            shifts[i] = (1 - slopes[i]) * mean[i];
        }
        slopes = BoxFilter.Mean(slopes, width, height, radius);
        shifts = BoxFilter.Mean(shifts, width, height, radius);
        float[] result = new float[values.Length];
        for (int i = 0; i < result.Length; i++) result[i] = (float)(slopes[i] * centred[i] + shifts[i] + offset);
        return result;
    }
}
