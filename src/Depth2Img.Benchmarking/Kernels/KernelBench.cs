using System.Diagnostics;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking.Kernels;

/// <summary>Measures single kernels.</summary>
/// <param name="backend">What runs them.</param>
/// <param name="rounds">How long.</param>
/// <param name="readGigabytesPerSecond">The memory's bandwidth, for the bound that it sets on products of few rows.</param>
internal sealed class KernelBench(CpuBackend backend, RoundOptions rounds, double readGigabytesPerSecond)
{
    /// <summary>Below so many rows a product may wait for its weights.</summary>
    private const int FewRows = 256;

    /// <summary>A figure is taken over at least this time: longer than a scheduler's time slice.</summary>
    private const double LeastSeconds = 0.05;

    private const int MaxCopies = 512;
    private const long MaxCopyBytes = 512L << 20;

    /// <summary>Measures the cases whose names hold a text.</summary>
    /// <param name="filter">Case aside; empty for all.</param>
    /// <param name="progress">Told each name before it is measured.</param>
    public IReadOnlyList<KernelFigures> Measure(string filter, Action<string> progress)
    {
        List<KernelFigures> reports = [];
        using IOps ops = backend.OpenSession();
        foreach (KernelCase kernel in new KernelCases(backend, ops).All())
        {
            string name = $"{kernel.Group} {kernel.Name}";
            if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase)) continue;
            progress(name);
            reports.Add(Measure(kernel, ops));
        }
        return reports;
    }

    private KernelFigures Measure(KernelCase kernel, IOps ops)
    {
        int copies = Copies(kernel.WeightBytes, CacheSize.LastLevel);
        using PreparedKernel prepared = kernel.Prepare(copies);
        CountingOps counted = new(ops);
        prepared.Run(counted, 0).Dispose();
        OpTally cost = counted.Total;

        int next = 0, repeats = 1;
        double Batch()
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++)
            {
                prepared.Run(ops, next).Dispose();
                next = (next + 1) % copies;
            }
            return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
        }
        repeats = Math.Max(1, (int)Math.Ceiling(LeastSeconds / Batch()));
        RoundResult timing = new RoundProtocol(rounds, TimeProvider.System).Measure(new TierPeaks(backend).Of(kernel.Group), Batch);
        double gmac = cost.MultiplyAdds / 1e9;
        double? bound = kernel.Rows is > 0 and < FewRows ? Math.Min(timing.PeakGmacs, readGigabytesPerSecond * gmac / (kernel.WeightBytes / 1e9)) : null;
        bool warm = kernel.WeightBytes > 0 && kernel.WeightBytes * copies <= CacheSize.LastLevel;
        return new KernelFigures(kernel.Group, kernel.Name, gmac, cost.RealMultiplyAdds / 1e9, warm, timing, bound);
    }

    /// <summary>How many copies of the weights are more than the last cache holds, within reason.</summary>
    internal static int Copies(long weightBytes, long cacheBytes)
    {
        if (weightBytes == 0) return 1;
        long wanted = cacheBytes / weightBytes + 2;
        return (int)Math.Clamp(Math.Min(wanted, MaxCopyBytes / weightBytes), 1, MaxCopies);
    }
}
