using System.Diagnostics;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;

namespace Depth2Img.Bench;

/// <summary>Times every case for a moment and prints what fraction of the processor's peak, measured just before and after, it reaches.</summary>
internal static class QuickTable
{
    private const int LeastRuns = 3;
    private const double LeastSeconds = 0.3;

    /// <summary>Prints the table.</summary>
    /// <param name="tier">Which kernels.</param>
    /// <param name="filter">A part of the names of the cases to run; empty for all.</param>
    public static void Print(CpuTier tier, string filter)
    {
        using CpuBackend backend = new(new CpuBackendOptions { Tier = tier });
        using IOps ops = backend.OpenSession();
        Console.WriteLine(backend.Description);
        Console.WriteLine("3x3 convolutions of step 1 count the products of the direct method, of which a faster one needs a quarter.");
        Console.WriteLine($"{"",-48} {"best ms",9} {"median ms",9} {"GMAC/s",7} {"of peak",7}");
        foreach (OpCase op in new OpCases(backend, ops).All().Where(op => op.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            double peak = PeakLoops.MeasureFloat32(tier, WorkerPool.Shared);
            double[] seconds = Time(op.Run);
            peak = Math.Max(peak, PeakLoops.MeasureFloat32(tier, WorkerPool.Shared));
            double rate = op.MultiplyAdds / seconds[0] / 1e9;
            Console.WriteLine($"{op.Name,-48} {seconds[0] * 1e3,9:F2} {seconds[seconds.Length / 2] * 1e3,9:F2} {rate,7:F1} {rate / peak,6:P0} of {peak:F0}");
        }
    }

    private static double[] Time(Action run)
    {
        run();
        List<double> seconds = [];
        for (Stopwatch total = Stopwatch.StartNew(); seconds.Count < LeastRuns || total.Elapsed.TotalSeconds < LeastSeconds;)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return [.. seconds.Order()];
    }
}
