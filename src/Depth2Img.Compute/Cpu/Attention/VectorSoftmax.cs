using System.Runtime.CompilerServices;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>A softmax step in vectors of single precision, two at a time: neither waits for the other.</summary>
/// <param name="kernel">Its panels have whole pairs of vectors.</param>
internal sealed unsafe class VectorSoftmax<TWidth, TVector>(MicroKernel kernel) : SoftmaxKernel(kernel)
    where TWidth : IVectorWidth<TVector>
    where TVector : unmanaged
{
    private readonly MicroKernel _kernel = kernel;

    /// <inheritdoc/>
    protected override float Largest(float* scores, int panelStride, int panels, float earlier) =>
        Largest(scores, panelStride, panels, _kernel.Columns, earlier);

    /// <inheritdoc/>
    protected override float Powers(float* scores, int panelStride, int panels, float origin, float* exact, float* weights)
    {
        // Powers in single precision are left operands as they are; others are rounded out of a row of their own.
        if (_kernel.ProductsPerStep == 1) return Powers(scores, panelStride, panels, _kernel.Columns, origin, weights);
        float sum = Powers(scores, panelStride, panels, _kernel.Columns, origin, exact);
        _kernel.PackLeft(exact, panels * _kernel.Columns, weights);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Largest(float* scores, int panelStride, int panels, int width, float earlier)
    {
        TVector even = TWidth.Create(earlier), odd = even;
        for (; panels > 0; panels--, scores += panelStride)
        {
            for (float* x = scores; x < scores + width; x += 2 * TWidth.Count)
            {
                even = TWidth.Larger(TWidth.Load(x), even);
                odd = TWidth.Larger(TWidth.Load(x + TWidth.Count), odd);
            }
        }
        return TWidth.Largest(TWidth.Larger(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Powers(float* scores, int panelStride, int panels, int width, float origin, float* powers)
    {
        // Read from memory: what is written as a constant, the compiler loads anew for every vector instead of keeping it in a register.
        ref float c = ref Exp2Coefficients.First;
        TVector lowest = TWidth.Create(Exp2Coefficients.At(ref c, 6)), c0 = TWidth.Create(c), c1 = TWidth.Create(Exp2Coefficients.At(ref c, 1));
        TVector c2 = TWidth.Create(Exp2Coefficients.At(ref c, 2)), c3 = TWidth.Create(Exp2Coefficients.At(ref c, 3));
        TVector c4 = TWidth.Create(Exp2Coefficients.At(ref c, 4)), c5 = TWidth.Create(Exp2Coefficients.At(ref c, 5));
        TVector subtract = TWidth.Create(origin), evenSum = TWidth.Create(0), oddSum = evenSum;
        for (; panels > 0; panels--, scores += panelStride)
        {
            for (float* x = scores; x < scores + width; x += 2 * TWidth.Count, powers += 2 * TWidth.Count)
            {
                TVector even = VectorMath.Exp2OfNegative<TWidth, TVector>(TWidth.Subtract(TWidth.Load(x), subtract), lowest, c0, c1, c2, c3, c4, c5);
                TVector odd = VectorMath.Exp2OfNegative<TWidth, TVector>(TWidth.Subtract(TWidth.Load(x + TWidth.Count), subtract), lowest, c0, c1, c2, c3, c4, c5);
                TWidth.Store(even, powers);
                TWidth.Store(odd, powers + TWidth.Count);
                evenSum = TWidth.Add(evenSum, even);
                oddSum = TWidth.Add(oddSum, odd);
            }
        }
        return TWidth.Sum(TWidth.Add(evenSum, oddSum));
    }
}
