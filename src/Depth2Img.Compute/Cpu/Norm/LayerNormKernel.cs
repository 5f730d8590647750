using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Norm;

/// <summary>Normalises rows. A row is in the first-level cache after its first reading, so mean and variance take two.</summary>
internal static unsafe class LayerNormKernel
{
    /// <summary>target = (x - mean) / √(variance + eps) weight + bias, for every row.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="target">[rows, channels]; may be x.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="channels">C, at least 1.</param>
    /// <param name="eps">Added to the variance.</param>
    public static void Run(CpuTier tier, WorkerPool pool, float* x, float* weight, float* bias, float* target, long rows, int channels, float eps) =>
        Chunks.ForRows(pool, rows, channels, new RowsTask(tier, x, weight, bias, target, channels, eps));

    private static void Row<TWidth, TVector>(float* x, float* weight, float* bias, float* target, int channels, float eps)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        float mean = Sum<TWidth, TVector>(x, channels) / channels;
        float squares = SumOfSquares<TWidth, TVector>(x, channels, mean);
        float inverse = (float)(1 / Math.Sqrt((double)squares / channels + eps));

        TVector means = TWidth.Create(mean), inverses = TWidth.Create(inverse);
        int c = 0;
        for (; c <= channels - TWidth.Count; c += TWidth.Count)
        {
            TVector normal = TWidth.Multiply(TWidth.Subtract(TWidth.Load(x + c), means), inverses);
            TWidth.Store(TWidth.MultiplyAdd(normal, TWidth.Load(weight + c), TWidth.Load(bias + c)), target + c);
        }
        for (; c < channels; c++)
            target[c] = ScalarWidth.MultiplyAdd((x[c] - mean) * inverse, weight[c], bias[c]);
    }

    private static float Sum<TWidth, TVector>(float* x, int count)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector a = TWidth.Create(0), b = a;
        int i = 0;
        for (; i <= count - 2 * TWidth.Count; i += 2 * TWidth.Count)
        {
            a = TWidth.Add(a, TWidth.Load(x + i));
            b = TWidth.Add(b, TWidth.Load(x + i + TWidth.Count));
        }
        float rest = 0;
        for (; i < count; i++) rest += x[i];
        return TWidth.Sum(TWidth.Add(a, b)) + rest;
    }

    private static float SumOfSquares<TWidth, TVector>(float* x, int count, float mean)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector means = TWidth.Create(mean);
        TVector a = TWidth.Create(0), b = a;
        int i = 0;
        for (; i <= count - 2 * TWidth.Count; i += 2 * TWidth.Count)
        {
            TVector first = TWidth.Subtract(TWidth.Load(x + i), means);
            TVector second = TWidth.Subtract(TWidth.Load(x + i + TWidth.Count), means);
            a = TWidth.MultiplyAdd(first, first, a);
            b = TWidth.MultiplyAdd(second, second, b);
        }
        float rest = 0;
        for (; i < count; i++) rest = ScalarWidth.MultiplyAdd(x[i] - mean, x[i] - mean, rest);
        return TWidth.Sum(TWidth.Add(a, b)) + rest;
    }

    private readonly struct RowsTask(CpuTier tier, float* x, float* weight, float* bias, float* target, int channels, float eps) : IRangeTask
    {
        public void Run(long first, long end)
        {
            for (long row = first; row < end; row++)
            {
                float* source = x + row * channels, result = target + row * channels;
                switch (tier)
                {
                    case CpuTier.Avx512: Row<Width512, Vector512<float>>(source, weight, bias, result, channels, eps); break;
                    case CpuTier.Avx2: Row<Width256, Vector256<float>>(source, weight, bias, result, channels, eps); break;
                    default: Row<Width128, Vector128<float>>(source, weight, bias, result, channels, eps); break;
                }
            }
        }
    }
}
