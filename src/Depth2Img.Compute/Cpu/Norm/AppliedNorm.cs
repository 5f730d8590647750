using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Norm;

/// <summary>
/// A normalisation whose statistics are known: activation((x - mean) factor + bias), each channel of each picture by its
/// own mean and factor. An op that reads pixels can apply it to them on the way; the default value is none.
/// </summary>
/// <param name="means">[pictures, channels].</param>
/// <param name="factors">[pictures, channels]: weight / √(variance + eps).</param>
/// <param name="bias">[channels].</param>
/// <param name="activation">Applied last.</param>
internal readonly unsafe struct AppliedNorm(float* means, float* factors, float* bias, Activation activation)
{
    /// <summary>Whether there is nothing to apply.</summary>
    public bool IsNone => means == null;

    /// <summary>Normalises pixels of one picture, on this thread.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="picture">Which picture they are of.</param>
    /// <param name="x">[pixels, channels].</param>
    /// <param name="target">[pixels, channels]; may be x.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="channels">C.</param>
    public void Apply(CpuTier tier, long picture, float* x, float* target, long pixels, int channels)
    {
        switch (activation.Kind)
        {
            case ActivationKind.None: Apply(tier, picture, x, target, pixels, channels, default(IdentityOperator)); break;
            case ActivationKind.Silu: Apply(tier, picture, x, target, pixels, channels, default(SiluOperator)); break;
            case ActivationKind.Relu: Apply(tier, picture, x, target, pixels, channels, default(ReluOperator)); break;
            default:
                Apply(tier, picture, x, target, pixels, channels, default(IdentityOperator));
                UnaryKernel.ActivateRow(tier, target, pixels * channels, activation);
                break;
        }
    }

    private void Apply<TOperator>(CpuTier tier, long picture, float* x, float* target, long pixels, int channels, TOperator op)
        where TOperator : struct, IUnaryOperator
    {
        float* mean = means + picture * channels, factor = factors + picture * channels;
        switch (tier)
        {
            case CpuTier.Avx512: Traverse<Width512, Vector512<float>, TOperator>(mean, factor, bias, x, target, pixels, channels, op); break;
            case CpuTier.Avx2: Traverse<Width256, Vector256<float>, TOperator>(mean, factor, bias, x, target, pixels, channels, op); break;
            default: Traverse<Width128, Vector128<float>, TOperator>(mean, factor, bias, x, target, pixels, channels, op); break;
        }
    }

    private static void Traverse<TWidth, TVector, TOperator>(float* means, float* factors, float* bias, float* x, float* target, long pixels, int channels, TOperator op)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
        where TOperator : struct, IUnaryOperator
    {
        for (float* end = x + pixels * channels; x < end; x += channels, target += channels)
        {
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
}
