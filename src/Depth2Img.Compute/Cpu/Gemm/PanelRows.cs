using System.Runtime.Intrinsics;

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
}
