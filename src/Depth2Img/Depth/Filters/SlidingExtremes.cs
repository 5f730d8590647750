namespace Depth2Img.Depth.Filters;

/// <summary>The least or the largest value of a square window that is cut off at the sides, with about three comparisons a value whatever the window (M. van Herk, J. Gil and M. Werman).</summary>
internal static class SlidingExtremes
{
    private interface IExtreme
    {
        /// <summary>What any value is better than.</summary>
        static abstract float Worst { get; }

        static abstract float Better(float a, float b);
    }

    public static float[] Least(float[] values, int width, int height, int radius) => Apply<Minimum>(values, width, height, radius);

    public static float[] Largest(float[] values, int width, int height, int radius) => Apply<Maximum>(values, width, height, radius);

    private static float[] Apply<T>(float[] values, int width, int height, int radius) where T : struct, IExtreme
    {
        float[] rows = new float[values.Length], result = new float[values.Length];
        Parallel.For(0, height, () => new float[2][], (y, _, scratch) => Run<T>(values, rows, y * width, 1, width, radius, scratch), _ => { });
        Parallel.For(0, width, () => new float[2][], (x, _, scratch) => Run<T>(rows, result, x, width, height, radius, scratch), _ => { });
        return result;
    }

    /// <summary>One row or column. A window as long as a block is the end of one block's run and the beginning of the next's.</summary>
    private static float[][] Run<T>(float[] source, float[] target, int start, int stride, int count, int radius, float[][] scratch) where T : struct, IExtreme
    {
        int window = 2 * radius + 1, padded = count + 2 * radius;
        float[] forward = scratch[0] ??= new float[padded], backward = scratch[1] ??= new float[padded];
        backward.AsSpan().Fill(T.Worst);
        for (int i = 0; i < count; i++) backward[radius + i] = source[start + i * stride];
        for (int i = 0; i < padded; i++) forward[i] = i % window == 0 ? backward[i] : T.Better(forward[i - 1], backward[i]);
        for (int i = padded - 2; i >= 0; i--)
        {
            if ((i + 1) % window != 0) backward[i] = T.Better(backward[i + 1], backward[i]);
        }
        for (int i = 0; i < count; i++) target[start + i * stride] = T.Better(backward[i], forward[i + window - 1]);
        return scratch;
    }

    private readonly struct Minimum : IExtreme
    {
        public static float Worst => float.PositiveInfinity;

        public static float Better(float a, float b) => a < b ? a : b;
    }

    private readonly struct Maximum : IExtreme
    {
        public static float Worst => float.NegativeInfinity;

        public static float Better(float a, float b) => a > b ? a : b;
    }
}
