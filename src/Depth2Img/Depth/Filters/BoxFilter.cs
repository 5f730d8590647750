namespace Depth2Img.Depth.Filters;

/// <summary>Means over a square window that is cut off at the sides, at a cost that does not grow with it: running sums, in double so that rounding does not show.</summary>
internal static class BoxFilter
{
    public static double[] Mean(double[] values, int width, int height, int radius)
    {
        double[] rows = new double[values.Length], result = new double[values.Length];
        Parallel.For(0, height, y => Run(values, rows, y * width, 1, width, radius));
        Parallel.For(0, width, x => Run(rows, result, x, width, height, radius));
        return result;
    }

    private static void Run(double[] source, double[] target, int start, int stride, int count, int radius)
    {
        double sum = 0;
        int held = 0;
        for (int i = 0; i < Math.Min(radius, count); i++, held++) sum += source[start + i * stride];
        for (int i = 0; i < count; i++)
        {
            if (i + radius < count)
            {
                sum += source[start + (i + radius) * stride];
                held++;
            }
            if (i - radius - 1 >= 0)
            {
                sum -= source[start + (i - radius - 1) * stride];
                held--;
            }
            target[start + i * stride] = sum / held;
        }
    }
}
