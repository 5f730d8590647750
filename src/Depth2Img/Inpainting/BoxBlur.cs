namespace Depth2Img.Inpainting;

/// <summary>Running means over squares. In whole numbers, so that what is all 0 or all 1 around stays exactly that.</summary>
internal static class BoxBlur
{
    private const int One = 1 << 16;

    /// <summary>Blurs a plane of values from 0 to 1; beyond the edges its outermost values go on.</summary>
    /// <param name="plane">width x height values.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="radius">Pixels to either side of the middle.</param>
    /// <param name="times">How many times; three are nearly a Gaussian.</param>
    public static float[] Apply(float[] plane, int width, int height, int radius, int times)
    {
        int[] values = Array.ConvertAll(plane, value => (int)MathF.Round(value * One));
        int[] line = new int[Math.Max(width, height)];
        for (int time = 0; time < times; time++)
        {
            for (int y = 0; y < height; y++) Run(values, y * width, 1, width, radius, line);
            for (int x = 0; x < width; x++) Run(values, x, width, height, radius, line);
        }
        return Array.ConvertAll(values, value => value / (float)One);
    }

    private static void Run(int[] values, int start, int step, int length, int radius, int[] line)
    {
        for (int i = 0; i < length; i++) line[i] = values[start + i * step];
        long count = 2L * radius + 1, sum = 0;
        for (long i = -radius; i <= radius; i++) sum += line[Math.Clamp(i, 0, length - 1)];
        for (int i = 0; i < length; i++)
        {
            values[start + i * step] = (int)((sum + radius) / count);
            sum += line[Math.Min((long)i + radius + 1, length - 1)] - line[Math.Max((long)i - radius, 0)];
        }
    }
}
