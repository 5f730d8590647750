namespace Depth2Img.Layers;

/// <summary>The mean of the square around each value of a plane, cut at the plane's edges; its work does not grow with the square.</summary>
/// <param name="width">Columns.</param>
/// <param name="height">Rows.</param>
/// <param name="radius">Half the square's side, without the middle.</param>
internal sealed class BoxMean(int width, int height, int radius)
{
    private readonly double[] _columns = new double[width];

    /// <summary>The means.</summary>
    /// <param name="plane">[height, width].</param>
    public float[] Of(float[] plane)
    {
        float[] result = new float[plane.Length];
        Array.Clear(_columns);
        int rows = 0;
        for (int y = -radius; y < height; y++)
        {
            // The sums of each column's rows around y, moved on by a row.
            if (y + radius < height) rows += AddRow(plane, y + radius, 1);
            if (y - radius - 1 >= 0) rows += AddRow(plane, y - radius - 1, -1);
            if (y < 0) continue;
            double sum = 0;
            int columns = 0;
            for (int x = -radius; x < width; x++)
            {
                if (x + radius < width) (sum, columns) = (sum + _columns[x + radius], columns + 1);
                if (x - radius - 1 >= 0) (sum, columns) = (sum - _columns[x - radius - 1], columns - 1);
                if (x >= 0) result[y * width + x] = (float)(sum / ((double)rows * columns));
            }
        }
        return result;
    }

    private int AddRow(float[] plane, int row, int sign)
    {
        ReadOnlySpan<float> values = plane.AsSpan(row * width, width);
        for (int x = 0; x < width; x++) _columns[x] += sign * values[x];
        return sign;
    }
}
