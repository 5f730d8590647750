using System.Reflection;
using System.Runtime.InteropServices;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking;

/// <summary>Finds out what the run is on.</summary>
internal static class Machine
{
    private const string ProcessorFile = "/proc/cpuinfo";

    /// <summary>Measures the machine; takes about a second.</summary>
    public static MachineFigures Measure(CpuBackend backend)
    {
        double clock = ClockMeter.Gigahertz();
        (string Type, double Gmacs, int Lanes)[] peaks = [.. new TierPeaks(backend).Measure()];
        // The clock again: the lower of two would flatter the peak, and a core may have had to wake up first.
        clock = Math.Max(clock, ClockMeter.Gigahertz());
        return new MachineFigures(
            ProcessorName(),
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
            backend.Tier.Name(),
            backend.Pool.Threads,
            clock,
            CacheSize.LastLevel,
            ReadBandwidth.GigabytesPerSecond(backend.Pool),
            [.. peaks.Select(peak => PeakFigure.Of(peak.Type, peak.Gmacs, clock, backend.Pool.Threads, peak.Lanes))]);
    }

    /// <summary>The commit that the build found, or null.</summary>
    public static string? Commit()
    {
        string? version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        int plus = version?.IndexOf('+', StringComparison.Ordinal) ?? -1;
        return plus < 0 ? null : version![(plus + 1)..];
    }

    private static string ProcessorName()
    {
        try
        {
            Dictionary<string, string> first = [];
            foreach (string line in File.ReadLines(ProcessorFile).TakeWhile(line => line.Length > 0))
            {
                string[] parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
                if (parts.Length == 2) first.TryAdd(parts[0], parts[1]);
            }
            if (first.TryGetValue("model name", out string? name))
                return $"{name} (family {first.GetValueOrDefault("cpu family")}, model {first.GetValueOrDefault("model")})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another system: what the environment says must do.
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
