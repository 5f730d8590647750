using System.Numerics;

namespace Depth2Img.Imaging.Resize;

/// <summary>
/// Resizes planes of single-precision values as torch's interpolate does with corners not aligned and no
/// antialiasing, and averages areas. Rows from the top, without gaps.
/// </summary>
public static class PlaneResize
{
    /// <summary>Cubic convolution with A = -0.75 over 4x4 samples, edges repeated: torch's "bicubic". May overshoot the source's range.</summary>
    /// <inheritdoc cref="Bilinear"/>
    public static float[] Bicubic(ReadOnlySpan<float> source, int width, int height, int newWidth, int newHeight) =>
        Interpolate(source, width, height, newWidth, newHeight, PlaneTaps.Bicubic);

    /// <summary>Linear interpolation over 2x2 samples, edges repeated: torch's "bilinear".</summary>
    /// <param name="source">width x height values.</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="height">Rows of the source.</param>
    /// <param name="newWidth">New columns, at least 1.</param>
    /// <param name="newHeight">New rows, at least 1.</param>
    /// <returns>newWidth x newHeight values in a new array.</returns>
    /// <exception cref="ArgumentException">A size below 1, or a source that does not fit its size.</exception>
    public static float[] Bilinear(ReadOnlySpan<float> source, int width, int height, int newWidth, int newHeight) =>
        Interpolate(source, width, height, newWidth, newHeight, PlaneTaps.Bilinear);

    /// <summary>Each new value is the mean of the area that it covers; an axis that grows is interpolated linearly.</summary>
    /// <inheritdoc cref="Bilinear"/>
    public static float[] Area(ReadOnlySpan<float> source, int width, int height, int newWidth, int newHeight) =>
        Interpolate(source, width, height, newWidth, newHeight, PlaneTaps.Area);

    private static float[] Interpolate(ReadOnlySpan<float> source, int width, int height, int newWidth, int newHeight, Func<int, int, PlaneTaps> taps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(newWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(newHeight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)newWidth * newHeight, Array.MaxLength, nameof(newWidth));
        if (source.Length != (long)width * height)
            throw new ArgumentException($"A plane of {width}x{height} has {(long)width * height} values, not {source.Length}.", nameof(source));
        if (newWidth == width && newHeight == height) return source.ToArray();

        PlaneTaps columns = taps(width, newWidth);
        PlaneTaps rows = taps(height, newHeight);
        float[] result = new float[newWidth * newHeight];
        RowCache cache = new(rows.MaxCount, newWidth);
        for (int y = 0; y < newHeight; y++)
        {
            ReadOnlySpan<int> indices = rows.Indices(y);
            ReadOnlySpan<float> weights = rows.Weights(y);
            Span<float> row = result.AsSpan(y * newWidth, newWidth);
            for (int j = 0; j < indices.Length; j++)
            {
                int from = indices[j];
                if (!cache.TryGet(from, out Span<float> resized)) ResampleRow(source.Slice(from * width, width), columns, resized);
                AddScaled(resized, weights[j], row);
            }
        }
        return result;
    }

    private static void ResampleRow(ReadOnlySpan<float> source, PlaneTaps columns, Span<float> destination)
    {
        for (int x = 0; x < destination.Length; x++)
        {
            ReadOnlySpan<int> indices = columns.Indices(x);
            ReadOnlySpan<float> weights = columns.Weights(x);
            float sum = 0;
            for (int j = 0; j < indices.Length; j++) sum += source[indices[j]] * weights[j];
            destination[x] = sum;
        }
    }

    private static void AddScaled(ReadOnlySpan<float> source, float weight, Span<float> sums)
    {
        int x = 0;
        for (; x <= sums.Length - Vector<float>.Count; x += Vector<float>.Count)
            (new Vector<float>(sums[x..]) + new Vector<float>(source[x..]) * weight).CopyTo(sums[x..]);
        for (; x < sums.Length; x++) sums[x] += source[x] * weight;
    }

    /// <summary>The last few rows after the first pass: neighbouring new rows are made of the same ones.</summary>
    private sealed class RowCache
    {
        private readonly float[][] _rows;
        private readonly int[] _indices;

        public RowCache(int capacity, int width)
        {
            _rows = new float[capacity][];
            for (int i = 0; i < capacity; i++) _rows[i] = new float[width];
            _indices = new int[capacity];
            Array.Fill(_indices, -1);
        }

        /// <summary>Gives the row's place; false when its values are yet to be written there. Consecutive rows never share a place.</summary>
        public bool TryGet(int index, out Span<float> row)
        {
            int slot = index % _rows.Length;
            row = _rows[slot];
            if (_indices[slot] == index) return true;
            _indices[slot] = index;
            return false;
        }
    }
}
