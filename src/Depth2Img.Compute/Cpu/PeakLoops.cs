using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.MachineCode;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// The most multiply-adds a second that instructions give on all threads at once: loops in registers with enough
/// independent sums, no memory. Kernels are judged by the fraction of it that they reach.
/// </summary>
public static unsafe class PeakLoops
{
    private const int Iterations = 1 << 20;
    private const int Sums = 12;
    private const int Rounds = 10;

    private static readonly Lazy<nint[]?> s_bfloat16 = new(() => AssembledCode.TryLoad(AssembledCode.System, [BFloat16PeakProgram.Assemble()]));

    /// <summary>Measures a tier's multiply-adds in single precision for about a twentieth of a second.</summary>
    /// <param name="tier">Whose instructions.</param>
    /// <param name="pool">The threads.</param>
    /// <returns>GMAC/s over all threads.</returns>
    public static double MeasureFloat32(CpuTier tier, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        (Action<int> body, int lanes) = tier.Vectors() switch
        {
            CpuTier.Avx512 => ((Action<int>)(_ => Spin512(Iterations)), 16),
            CpuTier.Avx2 => (_ => Spin256(Iterations), 8),
            _ => (_ => Spin128(Iterations), 4),
        };
        return Best(body, (double)Iterations * Sums * lanes, pool);
    }

    /// <summary>Measures products of bfloat16 pairs, in the same time.</summary>
    /// <param name="pool">The threads.</param>
    /// <returns>GMAC/s over all threads; 0 where <see cref="CpuTier.Avx512BFloat16"/> is not available.</returns>
    public static double MeasureBFloat16(WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!CpuTiers.IsAvailable(CpuTier.Avx512BFloat16) || s_bfloat16.Value is not [nint function]) return 0;
        return Best(_ => ((delegate* unmanaged<nint, void>)function)(Iterations), (double)Iterations * BFloat16PeakProgram.ProductsPerRound, pool);
    }

    /// <summary>Measures products of bfloat16 in tile registers, in the same time.</summary>
    /// <param name="pool">The threads.</param>
    /// <returns>GMAC/s over all threads; 0 where <see cref="CpuTier.Amx"/> is not available.</returns>
    public static double MeasureTiles(WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!CpuTiers.IsAvailable(CpuTier.Amx)) return 0;
        AmxUnit unit = AmxSupport.Current.Unit;
        const int rounds = Iterations / 16;
        return Best(
            _ =>
            {
                unit.Configure();
                unit.Spin(rounds);
                unit.Release();
            },
            (double)rounds * TilePeakProgram.ProductsPerRound,
            pool);
    }

    private static double Best(Action<int> body, double products, WorkerPool pool)
    {
        body(0);
        double best = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(pool.Threads, body);
            best = Math.Max(best, products * pool.Threads / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Spin512(int iterations)
    {
        Vector512<float> x = Vector512.Create(0.5f), y = Vector512.Create(0.25f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < iterations; n++)
        {
            a = Avx512F.FusedMultiplyAdd(a, x, y);
            b = Avx512F.FusedMultiplyAdd(b, x, y);
            c = Avx512F.FusedMultiplyAdd(c, x, y);
            d = Avx512F.FusedMultiplyAdd(d, x, y);
            e = Avx512F.FusedMultiplyAdd(e, x, y);
            f = Avx512F.FusedMultiplyAdd(f, x, y);
            g = Avx512F.FusedMultiplyAdd(g, x, y);
            h = Avx512F.FusedMultiplyAdd(h, x, y);
            i = Avx512F.FusedMultiplyAdd(i, x, y);
            j = Avx512F.FusedMultiplyAdd(j, x, y);
            k = Avx512F.FusedMultiplyAdd(k, x, y);
            l = Avx512F.FusedMultiplyAdd(l, x, y);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Spin256(int iterations)
    {
        Vector256<float> x = Vector256.Create(0.5f), y = Vector256.Create(0.25f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < iterations; n++)
        {
            a = Fma.MultiplyAdd(a, x, y);
            b = Fma.MultiplyAdd(b, x, y);
            c = Fma.MultiplyAdd(c, x, y);
            d = Fma.MultiplyAdd(d, x, y);
            e = Fma.MultiplyAdd(e, x, y);
            f = Fma.MultiplyAdd(f, x, y);
            g = Fma.MultiplyAdd(g, x, y);
            h = Fma.MultiplyAdd(h, x, y);
            i = Fma.MultiplyAdd(i, x, y);
            j = Fma.MultiplyAdd(j, x, y);
            k = Fma.MultiplyAdd(k, x, y);
            l = Fma.MultiplyAdd(l, x, y);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Spin128(int iterations)
    {
        Vector128<float> x = Vector128.Create(0.5f), y = Vector128.Create(0.25f);
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < iterations; n++)
        {
            a = Vector128.MultiplyAddEstimate(a, x, y);
            b = Vector128.MultiplyAddEstimate(b, x, y);
            c = Vector128.MultiplyAddEstimate(c, x, y);
            d = Vector128.MultiplyAddEstimate(d, x, y);
            e = Vector128.MultiplyAddEstimate(e, x, y);
            f = Vector128.MultiplyAddEstimate(f, x, y);
            g = Vector128.MultiplyAddEstimate(g, x, y);
            h = Vector128.MultiplyAddEstimate(h, x, y);
            i = Vector128.MultiplyAddEstimate(i, x, y);
            j = Vector128.MultiplyAddEstimate(j, x, y);
            k = Vector128.MultiplyAddEstimate(k, x, y);
            l = Vector128.MultiplyAddEstimate(l, x, y);
        }
        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
