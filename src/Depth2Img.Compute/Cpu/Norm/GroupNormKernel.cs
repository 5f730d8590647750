using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Norm;

/// <summary>Normalises by given statistics, scales, shifts and activates, in one pass over memory.</summary>
internal static unsafe class GroupNormKernel
{
    /// <summary>target = activation((x - mean) factor weight + bias).</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[pictures, pixels, channels].</param>
    /// <param name="means">[pictures, channels].</param>
    /// <param name="factors">[pictures, channels], as <see cref="GroupNormStatistics.Compute"/> gives them; multiplied by the weight here.</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="target">[pictures, pixels, channels]; may be x.</param>
    /// <param name="pictures">N.</param>
    /// <param name="pixels">Pixels or tokens of a picture.</param>
    /// <param name="channels">C.</param>
    /// <param name="activation">Applied last.</param>
    public static void Normalize(CpuTier tier, WorkerPool pool, float* x, float* means, float* factors, float* weight, float* bias,
        float* target, int pictures, long pixels, int channels, Activation activation)
    {
        for (long i = 0; i < (long)pictures * channels; i++) factors[i] *= weight[i % channels];
        Rows rows = new(x, means, factors, bias, target, pictures * pixels, pixels, channels);
        switch (activation.Kind)
        {
            case ActivationKind.None: Run(tier, pool, rows, default(IdentityOperator)); break;
            case ActivationKind.Silu: Run(tier, pool, rows, default(SiluOperator)); break;
            case ActivationKind.Relu: Run(tier, pool, rows, default(ReluOperator)); break;
            default:
                Run(tier, pool, rows, default(IdentityOperator));
                UnaryKernel.Activate(tier, pool, target, rows.Count * channels, activation);
                break;
        }
    }

    private static void Run<TOperator>(CpuTier tier, WorkerPool pool, Rows rows, TOperator op)
        where TOperator : struct, IUnaryOperator =>
        Chunks.ForRows(pool, rows.Count, rows.Channels, new RowsTask<TOperator>(tier, rows, op));

    private static void Traverse<TWidth, TVector, TOperator>(Rows rows, long first, long end, TOperator op)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
        where TOperator : struct, IUnaryOperator
    {
        int channels = rows.Channels;
        for (long row = first; row < end; row++)
        {
            float* x = rows.X + row * channels, target = rows.Target + row * channels;
            long picture = row / rows.Pixels * channels;
            float* means = rows.Means + picture, factors = rows.Factors + picture, bias = rows.Bias;
            int c = 0;
            for (; c <= channels - TWidth.Count; c += TWidth.Count)
            {
                TVector distance = TWidth.Subtract(TWidth.Load(x + c), TWidth.Load(means + c));
                TVector value = TWidth.MultiplyAdd(distance, TWidth.Load(factors + c), TWidth.Load(bias + c));
                TWidth.Store(op.Invoke<TWidth, TVector>(value), target + c);
            }
            for (; c < channels; c++)
                target[c] = op.Invoke<ScalarWidth, float>(ScalarWidth.MultiplyAdd(x[c] - means[c], factors[c], bias[c]));
        }
    }

    private readonly struct Rows(float* x, float* means, float* factors, float* bias, float* target, long count, long pixels, int channels)
    {
        public readonly float* X = x, Means = means, Factors = factors, Bias = bias, Target = target;
        public readonly long Count = count, Pixels = pixels;
        public readonly int Channels = channels;
    }

    private readonly struct RowsTask<TOperator>(CpuTier tier, Rows rows, TOperator op) : IRangeTask
        where TOperator : struct, IUnaryOperator
    {
        public void Run(long first, long end)
        {
            switch (tier)
            {
                case CpuTier.Avx512: Traverse<Width512, Vector512<float>, TOperator>(rows, first, end, op); break;
                case CpuTier.Avx2: Traverse<Width256, Vector256<float>, TOperator>(rows, first, end, op); break;
                default: Traverse<Width128, Vector128<float>, TOperator>(rows, first, end, op); break;
            }
        }
    }
}
