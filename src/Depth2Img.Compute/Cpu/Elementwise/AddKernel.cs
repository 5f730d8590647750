using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Elementwise;

/// <summary>Sums of tensors, and of a tensor and something smaller that is repeated.</summary>
internal static unsafe class AddKernel
{
    /// <summary>target = a + b; the target may be either.</summary>
    public static void Add(CpuTier tier, WorkerPool pool, float* a, float* b, float* target, long count) =>
        Chunks.ForFloats(pool, count, new AddTask(tier, a, b, target));

    /// <summary>x += a vector, for every pixel of a picture that picture's own.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[pictures, pixels, channels].</param>
    /// <param name="vector">[pictures, channels].</param>
    /// <param name="pictures">N.</param>
    /// <param name="pixels">Pixels or tokens of a picture.</param>
    /// <param name="channels">C.</param>
    public static void AddChannels(CpuTier tier, WorkerPool pool, float* x, float* vector, int pictures, long pixels, int channels) =>
        Chunks.ForRows(pool, pictures * pixels, channels, new AddChannelsTask(tier, x, vector, pixels, channels));

    /// <summary>x += a table, for every picture the same.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[pictures, count].</param>
    /// <param name="table">[count].</param>
    /// <param name="pictures">N.</param>
    /// <param name="count">Values of a picture.</param>
    public static void AddTable(CpuTier tier, WorkerPool pool, float* x, float* table, int pictures, long count)
    {
        for (int n = 0; n < pictures; n++) Add(tier, pool, x + n * count, table, x + n * count, count);
    }

    /// <summary>target = a + b, on this thread.</summary>
    public static void AddRow(CpuTier tier, float* a, float* b, float* target, long count)
    {
        switch (tier)
        {
            case CpuTier.Avx512: Traverse<Width512, Vector512<float>>(a, b, target, count); break;
            case CpuTier.Avx2: Traverse<Width256, Vector256<float>>(a, b, target, count); break;
            default: Traverse<Width128, Vector128<float>>(a, b, target, count); break;
        }
    }

    private static void Traverse<TWidth, TVector>(float* a, float* b, float* target, long count)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        long i = 0;
        for (; i <= count - TWidth.Count; i += TWidth.Count)
            TWidth.Store(TWidth.Add(TWidth.Load(a + i), TWidth.Load(b + i)), target + i);
        for (; i < count; i++) target[i] = a[i] + b[i];
    }

    private readonly struct AddTask(CpuTier tier, float* a, float* b, float* target) : IRangeTask
    {
        public void Run(long first, long end) => AddRow(tier, a + first, b + first, target + first, end - first);
    }

    private readonly struct AddChannelsTask(CpuTier tier, float* x, float* vector, long pixels, int channels) : IRangeTask
    {
        public void Run(long first, long end)
        {
            for (long row = first; row < end; row++)
                AddRow(tier, x + row * channels, vector + row / pixels * channels, x + row * channels, channels);
        }
    }
}
