namespace Depth2Img.Models.DepthAnything;

/// <summary>
/// A square table of positions brought to another grid, as torch's bicubic interpolation does (A = -0.75, corners not
/// aligned, edges repeated). Rows from the top, channels last.
/// </summary>
internal static class PositionGrid
{
    private const int Taps = 4;

    /// <summary>Resizes a table.</summary>
    /// <param name="table">[side,side,channels].</param>
    /// <param name="side">Its rows and columns.</param>
    /// <param name="channels">Values a position.</param>
    /// <param name="height">New rows.</param>
    /// <param name="width">New columns.</param>
    /// <returns>[height,width,channels].</returns>
    public static float[] Resize(ReadOnlySpan<float> table, int side, int channels, int height, int width)
    {
        // 1. Columns
        float[] wide = new float[side * width * channels];
        for (int x = 0; x < width; x++)
        {
            (int first, float[] weights) = TapsOf(x, side, width);
            for (int y = 0; y < side; y++)
            {
                Span<float> target = wide.AsSpan((y * width + x) * channels, channels);
                for (int tap = 0; tap < Taps; tap++)
                    AddScaled(table.Slice((y * side + Math.Clamp(first + tap, 0, side - 1)) * channels, channels), weights[tap], target);
            }
        }

        // 2. Rows
        int row = width * channels;
        float[] result = new float[height * row];
        for (int y = 0; y < height; y++)
        {
            (int first, float[] weights) = TapsOf(y, side, height);
            for (int tap = 0; tap < Taps; tap++)
                AddScaled(wide.AsSpan(Math.Clamp(first + tap, 0, side - 1) * row, row), weights[tap], result.AsSpan(y * row, row));
        }
        return result;
    }

    private static (int First, float[] Weights) TapsOf(int index, int sourceLength, int length)
    {
        float position = (float)sourceLength / length * (index + 0.5f) - 0.5f;
        float floor = MathF.Floor(position), t = position - floor;
        return ((int)floor - 1, [Cubic(1 + t), Cubic(t), Cubic(1 - t), Cubic(2 - t)]);
    }

    private static float Cubic(float x)
    {
        const float a = -0.75f;
        return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    }

    private static void AddScaled(ReadOnlySpan<float> source, float weight, Span<float> sums)
    {
        for (int i = 0; i < sums.Length; i++) sums[i] += weight * source[i];
    }
}
