using Depth2Img.Compute.Cpu.Elementwise;

namespace Depth2Img.Compute.Cpu.Norm;

/// <summary>Normalises pictures by known statistics, in one pass over memory on all threads.</summary>
internal static unsafe class GroupNormKernel
{
    /// <summary>Multiplies every channel's factor by its weight.</summary>
    /// <param name="factors">[pictures, channels], as <see cref="GroupNormStatistics.Compute"/> gives them.</param>
    /// <param name="weight">[channels].</param>
    /// <param name="pictures">N.</param>
    /// <param name="channels">C.</param>
    public static void FoldWeight(float* factors, float* weight, int pictures, int channels)
    {
        for (long i = 0; i < (long)pictures * channels; i++) factors[i] *= weight[i % channels];
    }

    /// <summary>Applies a normalisation to whole pictures.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="norm">What is applied.</param>
    /// <param name="x">[pictures, pixels, channels].</param>
    /// <param name="target">[pictures, pixels, channels]; may be x.</param>
    /// <param name="pictures">N.</param>
    /// <param name="pixels">Pixels or tokens of a picture.</param>
    /// <param name="channels">C.</param>
    public static void Normalize(CpuTier tier, WorkerPool pool, AppliedNorm norm, float* x, float* target, int pictures, long pixels, int channels) =>
        Chunks.ForRows(pool, pictures * pixels, channels, new RowsTask(tier, norm, x, target, pixels, channels));

    private readonly struct RowsTask(CpuTier tier, AppliedNorm norm, float* x, float* target, long pixels, int channels) : IRangeTask
    {
        public void Run(long first, long end)
        {
            while (first < end)
            {
                long picture = first / pixels, count = Math.Min(end, (picture + 1) * pixels) - first;
                norm.Apply(tier, picture, x + first * channels, target + first * channels, count, channels);
                first += count;
            }
        }
    }
}
