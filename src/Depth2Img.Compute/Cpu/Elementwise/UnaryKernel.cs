using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Elementwise;

/// <summary>Applies a function to every value.</summary>
internal static unsafe class UnaryKernel
{
    /// <summary>An activation in place, on all threads.</summary>
    public static void Activate(CpuTier tier, WorkerPool pool, float* x, long count, Activation activation)
    {
        switch (activation.Kind)
        {
            case ActivationKind.None: break;
            case ActivationKind.Silu: Apply(tier, pool, x, x, count, default(SiluOperator)); break;
            case ActivationKind.Gelu: Apply(tier, pool, x, x, count, default(GeluOperator)); break;
            case ActivationKind.QuickGelu: Apply(tier, pool, x, x, count, default(QuickGeluOperator)); break;
            case ActivationKind.Relu: Apply(tier, pool, x, x, count, default(ReluOperator)); break;
            case ActivationKind.Sigmoid: Apply(tier, pool, x, x, count, default(SigmoidOperator)); break;
            case ActivationKind.Tanh: Apply(tier, pool, x, x, count, default(TanhOperator)); break;
            case ActivationKind.Clamp: Apply(tier, pool, x, x, count, new ClampOperator(activation.Low, activation.High)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation.");
        }
    }

    /// <summary>An activation in place, on this thread: for the rows that a larger kernel has just written.</summary>
    public static void ActivateRow(CpuTier tier, float* x, long count, Activation activation)
    {
        switch (activation.Kind)
        {
            case ActivationKind.None: break;
            case ActivationKind.Silu: ApplyRow(tier, x, x, count, default(SiluOperator)); break;
            case ActivationKind.Gelu: ApplyRow(tier, x, x, count, default(GeluOperator)); break;
            case ActivationKind.QuickGelu: ApplyRow(tier, x, x, count, default(QuickGeluOperator)); break;
            case ActivationKind.Relu: ApplyRow(tier, x, x, count, default(ReluOperator)); break;
            case ActivationKind.Sigmoid: ApplyRow(tier, x, x, count, default(SigmoidOperator)); break;
            case ActivationKind.Tanh: ApplyRow(tier, x, x, count, default(TanhOperator)); break;
            case ActivationKind.Clamp: ApplyRow(tier, x, x, count, new ClampOperator(activation.Low, activation.High)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation.");
        }
    }

    /// <summary>A function of every value, on all threads.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="source">The values.</param>
    /// <param name="target">Takes the results; may be the source.</param>
    /// <param name="count">How many.</param>
    /// <param name="op">The function.</param>
    public static void Apply<TOperator>(CpuTier tier, WorkerPool pool, float* source, float* target, long count, TOperator op)
        where TOperator : struct, IUnaryOperator =>
        Chunks.ForFloats(pool, count, new ApplyTask<TOperator>(tier, source, target, op));

    /// <summary>A function of every value, on this thread.</summary>
    public static void ApplyRow<TOperator>(CpuTier tier, float* source, float* target, long count, TOperator op)
        where TOperator : struct, IUnaryOperator
    {
        switch (tier)
        {
            case CpuTier.Avx512: Traverse<Width512, Vector512<float>, TOperator>(source, target, count, op); break;
            case CpuTier.Avx2: Traverse<Width256, Vector256<float>, TOperator>(source, target, count, op); break;
            default: Traverse<Width128, Vector128<float>, TOperator>(source, target, count, op); break;
        }
    }

    private static void Traverse<TWidth, TVector, TOperator>(float* source, float* target, long count, TOperator op)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
        where TOperator : struct, IUnaryOperator
    {
        long i = 0;
        for (; i <= count - TWidth.Count; i += TWidth.Count)
            TWidth.Store(op.Invoke<TWidth, TVector>(TWidth.Load(source + i)), target + i);
        for (; i < count; i++) target[i] = op.Invoke<ScalarWidth, float>(source[i]);
    }

    private readonly struct ApplyTask<TOperator>(CpuTier tier, float* source, float* target, TOperator op) : IRangeTask
        where TOperator : struct, IUnaryOperator
    {
        public void Run(long first, long end) => ApplyRow(tier, source + first, target + first, end - first, op);
    }
}
