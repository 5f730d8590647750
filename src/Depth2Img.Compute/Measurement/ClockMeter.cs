using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Depth2Img.Compute.Measurement;

/// <summary>
/// The clock that a core runs at, by a chain of multiplications of which each needs the one before: on every x64 core since 2008
/// and on the usual Arm64 ones such a step takes three cycles. (A chain of additions of constants would not do: processors fold them.)
/// </summary>
public static class ClockMeter
{
    private const int CyclesPerMultiplication = 3;
    private const int Iterations = 1 << 18;
    private const int Unrolled = 16;
    private const int Runs = 10;

    /// <summary>Measures for about a twentieth of a second, on the calling thread.</summary>
    /// <returns>Cycles a second, in units of 10^9: the best of ten runs.</returns>
    public static double Gigahertz()
    {
        double best = 0;
        for (int run = 0; run <= Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            ulong end = Chain(Iterations, 0x9e3779b97f4a7c15);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            // The chain's end is used, so that the chain is computed; an odd product is never zero.
            if (end != 0 && run > 0) best = Math.Max(best, (double)Iterations * Unrolled * CyclesPerMultiplication / seconds / 1e9);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong Chain(int iterations, ulong factor)
    {
        ulong x = factor;
        for (int i = 0; i < iterations; i++)
        {
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
            x *= factor;
        }
        return x;
    }
}
