using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Measurement;

/// <summary>How fast all threads together read memory that no cache holds.</summary>
public static unsafe class ReadBandwidth
{
    private const int Runs = 5;
    private const int PiecesPerThread = 16;

    /// <summary>Reads a buffer of several times the last cache's size, several times over.</summary>
    /// <param name="pool">The threads.</param>
    /// <returns>10^9 bytes a second: the best of five runs.</returns>
    public static double GigabytesPerSecond(WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        int pieces = pool.Threads * PiecesPerThread;
        nuint piece = (nuint)(Math.Max(256L << 20, 4 * CacheSize.LastLevel) / pieces / 4096 * 4096);
        byte* data = (byte*)NativeMemory.AlignedAlloc(piece * (nuint)pieces, 64);
        try
        {
            long[] sums = new long[pieces];
            pool.Run(pieces, i => NativeMemory.Fill(data + (nuint)i * piece, piece, 1));
            double best = 0;
            for (int run = 0; run < Runs; run++)
            {
                long start = Stopwatch.GetTimestamp();
                pool.Run(pieces, i => sums[i] = Sum(data + (nuint)i * piece, piece));
                best = Math.Max(best, piece * (double)pieces / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
            }
            return best;
        }
        finally
        {
            NativeMemory.AlignedFree(data);
        }
    }

    private static long Sum(byte* data, nuint length)
    {
        Vector<long> a = default, b = default, c = default, d = default;
        nuint step = (nuint)Vector<byte>.Count;
        for (nuint i = 0; i < length; i += 4 * step)
        {
            a += Vector.Load((long*)(data + i));
            b += Vector.Load((long*)(data + i + step));
            c += Vector.Load((long*)(data + i + 2 * step));
            d += Vector.Load((long*)(data + i + 3 * step));
        }
        return Vector.Sum(a + b + c + d);
    }
}
