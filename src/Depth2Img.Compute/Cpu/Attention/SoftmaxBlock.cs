using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>
/// One step of a softmax that runs along the keys: turns a block of scores into powers of two relative to the largest
/// score so far, and keeps each row's largest score and sum. Scores are in units of ln 2, so that 2ˣ is the softmax's e to the score.
/// </summary>
internal static unsafe class SoftmaxBlock
{
    /// <summary>Takes a row's scores in.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="scores">The row in the first panel of scores; overwritten.</param>
    /// <param name="panelStride">Floats from one panel to the next.</param>
    /// <param name="panelWidth">Keys a panel.</param>
    /// <param name="keys">How many keys of the block the row sees, at least 1.</param>
    /// <param name="weights">Takes the powers, and zeros up to a whole panel.</param>
    /// <param name="state">What the row has seen so far.</param>
    /// <returns>What sums made with earlier weights must be multiplied by.</returns>
    public static float Update(CpuTier tier, float* scores, int panelStride, int panelWidth, int keys, float* weights, ref SoftmaxState state) => tier switch
    {
        CpuTier.Avx512 => Update<Width512, Vector512<float>>(scores, panelStride, panelWidth, keys, weights, ref state),
        CpuTier.Avx2 => Update<Width256, Vector256<float>>(scores, panelStride, panelWidth, keys, weights, ref state),
        _ => Update<Width128, Vector128<float>>(scores, panelStride, panelWidth, keys, weights, ref state),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Update<TWidth, TVector>(float* scores, int panelStride, int panelWidth, int keys, float* weights, ref SoftmaxState state)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        int panels = (keys + panelWidth - 1) / panelWidth;
        int inLast = keys - (panels - 1) * panelWidth;
        if (inLast < panelWidth) new Span<float>(scores + (long)(panels - 1) * panelStride + inLast, panelWidth - inLast).Fill(float.NegativeInfinity);

        // Two chains at a time, in the maxima and in the sums: neither waits for the one before.
        TVector evenLargest = TWidth.Create(state.Largest), oddLargest = evenLargest;
        float* panel = scores;
        for (int p = 0; p < panels; p++, panel += panelStride)
        {
            for (int i = 0; i < panelWidth; i += 2 * TWidth.Count)
            {
                // NaN is passed over here: its own weight is NaN, and so is every sum that it enters.
                evenLargest = TWidth.Larger(TWidth.Load(panel + i), evenLargest);
                oddLargest = TWidth.Larger(TWidth.Load(panel + i + TWidth.Count), oddLargest);
            }
        }
        float max = TWidth.Largest(TWidth.Larger(evenLargest, oddLargest));

        // Where all scores are minus infinity so far, their weights are zeros, not 2 to the ∞ - ∞.
        float origin = float.IsNegativeInfinity(max) ? 0 : max;
        TVector subtract = TWidth.Create(origin), evenSums = TWidth.Create(0), oddSums = evenSums;
        panel = scores;
        for (int p = 0; p < panels; p++, panel += panelStride)
        {
            for (int i = 0; i < panelWidth; i += 2 * TWidth.Count, weights += 2 * TWidth.Count)
            {
                TVector even = VectorMath.Exp2OfNegative<TWidth, TVector>(TWidth.Subtract(TWidth.Load(panel + i), subtract));
                TVector odd = VectorMath.Exp2OfNegative<TWidth, TVector>(TWidth.Subtract(TWidth.Load(panel + i + TWidth.Count), subtract));
                evenSums = TWidth.Add(evenSums, even);
                oddSums = TWidth.Add(oddSums, odd);
                TWidth.Store(even, weights);
                TWidth.Store(odd, weights + TWidth.Count);
            }
        }
        // After the first few blocks a larger score is rare.
        float scale = state.Largest == origin ? 1 : float.Exp2(state.Largest - origin);
        state = new SoftmaxState(max, state.Sum * scale + TWidth.Sum(TWidth.Add(evenSums, oddSums)));
        return scale;
    }
}
