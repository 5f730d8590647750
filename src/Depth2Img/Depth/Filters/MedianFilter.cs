namespace Depth2Img.Depth.Filters;

/// <summary>The median of a square window that is cut off at the sides; of an even count, the mean of the two in the middle.</summary>
internal static class MedianFilter
{
    public static float[] Apply(float[] values, int width, int height, int radius)
    {
        float[] result = new float[values.Length];
        int side = 2 * radius + 1;
        Parallel.For(0, height, () => new float[side * side], (y, _, window) =>
        {
            int top = Math.Max(0, y - radius), bottom = Math.Min(height - 1, y + radius);
            for (int x = 0; x < width; x++)
            {
                int left = Math.Max(0, x - radius), columns = Math.Min(width - 1, x + radius) - left + 1, count = 0;
                for (int row = top; row <= bottom; row++, count += columns)
                    values.AsSpan(row * width + left, columns).CopyTo(window.AsSpan(count));
                result[y * width + x] = MedianOf(window.AsSpan(0, count));
            }
            return window;
        }, _ => { });
        return result;
    }

    private static float MedianOf(Span<float> window)
    {
        float middle = Select(window, window.Length / 2);
        if (window.Length % 2 == 1) return middle;
        // All that is left of the middle is at most as large; the largest of it is the other of the two.
        float below = window[0];
        foreach (float value in window[..(window.Length / 2)]) below = Math.Max(below, value);
        return (float)(((double)below + middle) / 2);
    }

    /// <summary>The value that sorting would put at an index (C. A. R. Hoare's selection); smaller ones end up before it.</summary>
    private static float Select(Span<float> values, int index)
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            float pivot = values[(low + high) / 2];
            int i = low, j = high;
            while (i <= j)
            {
                while (values[i] < pivot) i++;
                while (values[j] > pivot) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }
            if (index <= j) high = j;
            else if (index >= i) low = i;
            else break;
        }
        return values[index];
    }
}
