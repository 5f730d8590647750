using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>What is done to rows of finished sums, one panel wide, on their way to the result.</summary>
internal static unsafe class PanelRows
{
    /// <summary>Adds a vector to every row.</summary>
    /// <param name="sums">[rows][width].</param>
    /// <param name="vector">[width].</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="width">A multiple of 8.</param>
    public static void Add(float* sums, float* vector, int rows, int width)
    {
        for (int r = 0; r < rows; r++, sums += width)
        {
            for (int i = 0; i < width; i += Vector256<float>.Count)
                (Vector256.Load(sums + i) + Vector256.Load(vector + i)).Store(sums + i);
        }
    }

    /// <summary>target = sums + bias + added, for whole rows of a tile.</summary>
    /// <param name="sums">[rows][width].</param>
    /// <param name="width">A multiple of 8.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="bias">[width], or null.</param>
    /// <param name="added">The first row's first value, or null; rows are as far apart as the target's.</param>
    /// <param name="target">The first row's first value.</param>
    /// <param name="stride">From one row of the target to the next.</param>
    /// <param name="count">How many columns are stored, at most the width.</param>
    public static void StoreTile(float* sums, int width, int rows, float* bias, float* added, float* target, int stride, int count)
    {
        const int piece = 16;
        int column = 0;
        for (; column <= count - piece; column += piece)
        {
            Vector256<float> left = default, right = default;
            if (bias != null)
            {
                left = Vector256.Load(bias + column);
                right = Vector256.Load(bias + column + 8);
            }
            float* from = sums + column, to = target + column;
            if (added == null)
            {
                for (int r = 0; r < rows; r++, from += width, to += stride)
                {
                    (Vector256.Load(from) + left).Store(to);
                    (Vector256.Load(from + 8) + right).Store(to + 8);
                }
                continue;
            }
            float* with = added + column;
            for (int r = 0; r < rows; r++, from += width, to += stride, with += stride)
            {
                (Vector256.Load(from) + left + Vector256.Load(with)).Store(to);
                (Vector256.Load(from + 8) + right + Vector256.Load(with + 8)).Store(to + 8);
            }
        }
        if (column == count) return;
        for (int r = 0; r < rows; r++)
        {
            long offset = (long)r * stride + column;
            Store(sums + r * width + column, bias == null ? null : bias + column, added == null ? null : added + offset, target + offset, count - column);
        }
    }

    /// <summary>target = sums + bias + added.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="bias">As many values, or null.</param>
    /// <param name="added">As many values, or null.</param>
    /// <param name="target">Takes as many values.</param>
    /// <param name="count">How many.</param>
    public static void Store(float* sums, float* bias, float* added, float* target, int count)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.Load(sums + i);
            if (bias != null) value += Vector256.Load(bias + i);
            if (added != null) value += Vector256.Load(added + i);
            value.Store(target + i);
        }
        for (; i < count; i++)
        {
            float value = sums[i];
            if (bias != null) value += bias[i];
            if (added != null) value += added[i];
            target[i] = value;
        }
    }

    /// <summary>Asks for a tile's part of a row-major matrix.</summary>
    public static void Prefetch(float* matrix, int columns, int firstRow, int rows, int firstColumn, int width)
    {
        if (!Sse.IsSupported) return;
        const int line = 16;
        int count = Math.Min(width, columns - firstColumn);
        float* row = matrix + (long)firstRow * columns + firstColumn;
        for (int r = 0; r < rows; r++, row += columns)
        {
            for (int i = 0; i < count; i += line) Sse.Prefetch0(row + i);
        }
    }
}
