using System.Diagnostics;
using System.Globalization;
using Depth2Img.Benchmarking.Kernels;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Tuning;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking.Tuning;

/// <summary>
/// Measures what a tier's kernels may be cut into, one value after the other, against what they are cut into now: a round is peak, candidate,
/// present, candidate, peak. A candidate replaces the present value if its kernels are faster by more than noise.
/// </summary>
/// <param name="tier">Whose entry; null for the one that the environment names, else the best.</param>
/// <param name="threads">How many threads; null for all.</param>
/// <param name="rounds">How long.</param>
public sealed class KernelTuner(CpuTier? tier, int? threads, RoundOptions rounds)
{
    /// <summary>By what factor a candidate must be faster: less than that is noise, and not worth another table.</summary>
    private const double LeastGain = 1.01;

    /// <summary>Where the table is in a checkout.</summary>
    public const string TableFile = "src/Depth2Img.Compute/Cpu/Tuning/kernels.json";

    /// <summary>Measures every value's candidates.</summary>
    /// <param name="filter">Only values whose names hold this text, case aside; empty for all.</param>
    /// <param name="progress">Told what is measured next.</param>
    /// <param name="output">Takes a table of all candidates, and the entry before and after.</param>
    /// <returns>The whole table, to be written to its file.</returns>
    public string Run(string filter, Action<string> progress, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(output);
        using CpuBackend usual = new(new CpuBackendOptions { Tier = tier, Threads = threads });
        KernelBlocks before = KernelTable.BuiltIn[usual.Tier], best = before;
        ReportTable measured = new("value", "present", "candidate", "candidate is faster", "rounds");
        foreach (TuningKnob knob in TuningKnob.All.Where(knob => knob.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            KernelBlocks present = best;
            double largestGain = LeastGain;
            foreach (double value in knob.Candidates.Where(value => value != knob.Read(present)))
            {
                progress($"{usual.Tier.Name()}: {knob.Name} {Text(value)}");
                KernelBlocks candidate = knob.Write(present, value);
                RoundResult result = Compare(usual, candidate, present, knob.Kernels);
                double gain = result.PeerRatio!.Value;
                measured.Add(knob.Name, Text(knob.Read(present)), Text(value), $"{gain.ToString("F3", CultureInfo.InvariantCulture)}x", ReportTable.Rounds(result.Rounds, result.Dropped, result.TooNoisy));
                if (result.TooNoisy || gain <= largestGain) continue;
                (best, largestGain) = (candidate, gain);
            }
        }
        measured.WriteText(output);
        ReportTable entry = new($"{usual.Tier.Name()}", "before", "after");
        foreach (TuningKnob knob in TuningKnob.All) entry.Add(knob.Name, Text(knob.Read(before)), Text(knob.Read(best)));
        output.WriteLine();
        entry.WriteText(output);
        return KernelTable.BuiltIn.With(usual.Tier, best).ToJson();
    }

    private RoundResult Compare(CpuBackend usual, KernelBlocks candidate, KernelBlocks present, string[] kernels)
    {
        using CpuBackend ofCandidate = new(new CpuBackendOptions { Tier = usual.Tier, Threads = threads, Blocks = candidate });
        using CpuBackend ofPresent = new(new CpuBackendOptions { Tier = usual.Tier, Threads = threads, Blocks = present });
        using IOps candidateOps = ofCandidate.OpenSession(), presentOps = ofPresent.OpenSession();
        PreparedKernel[] candidates = Prepare(ofCandidate, candidateOps), presents = Prepare(ofPresent, presentOps);
        try
        {
            Seconds(candidates, candidateOps);
            Seconds(presents, presentOps);
            return new RoundProtocol(rounds, TimeProvider.System).Measure(
                new TierPeaks(usual).Float32, () => Seconds(candidates, candidateOps), () => Seconds(presents, presentOps));
        }
        finally
        {
            foreach (PreparedKernel kernel in candidates.Concat(presents)) kernel.Dispose();
        }

        PreparedKernel[] Prepare(CpuBackend backend, IOps ops) =>
            [.. new KernelCases(backend, ops).All().Where(kernel => kernels.Contains($"{kernel.Group} {kernel.Name}")).Select(kernel => kernel.Prepare(1))];
    }

    /// <summary>Kernels weigh the same, whatever they take: the geometric mean of their times.</summary>
    private static double Seconds(PreparedKernel[] kernels, IOps ops)
    {
        double logarithms = 0;
        foreach (PreparedKernel kernel in kernels)
        {
            long start = Stopwatch.GetTimestamp();
            kernel.Run(ops, 0).Dispose();
            logarithms += Math.Log(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return Math.Exp(logarithms / kernels.Length);
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
