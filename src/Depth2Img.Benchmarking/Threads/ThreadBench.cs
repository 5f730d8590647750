using System.Diagnostics;
using Depth2Img.Benchmarking.Kernels;
using Depth2Img.Benchmarking.Networks;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking.Threads;

/// <summary>
/// Holds all threads against one: a product, a 3x3 convolution, attention, and steps of the demo's UNet and of the full-size one. What the peak
/// loop gains in the same round is the most that any work can: cores share a clock and a memory.
/// </summary>
/// <param name="all">A back end on all threads.</param>
/// <param name="rounds">How long.</param>
internal sealed class ThreadBench(CpuBackend all, RoundOptions rounds)
{
    private static readonly string[] Kernels = ["gemm 2048 x 2048 x 2048", "conv 3x3 2 x 64², 320 -> 320", "attention 1 x 4096 tokens, 5 heads of 64"];

    /// <summary>A time is taken over at least this long: longer than a scheduler's time slice.</summary>
    private const double LeastSeconds = 0.1;

    /// <summary>Measures the cases whose names hold a text.</summary>
    /// <param name="filter">Case aside; empty for all.</param>
    /// <param name="progress">Told each name before it is measured.</param>
    public IReadOnlyList<ThreadFigures> Measure(string filter, Action<string> progress)
    {
        using CpuBackend one = new(new CpuBackendOptions { Tier = all.Tier, Threads = 1 });
        using IOps allOps = all.OpenSession(), oneOps = one.OpenSession();
        List<ThreadFigures> figures = [];
        foreach (string name in Kernels.Where(name => name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            progress($"threads: {name}");
            KernelCase kernel = Case(one, oneOps, name);
            using PreparedKernel onOne = kernel.Prepare(1), onAll = Case(all, allOps, name).Prepare(1);
            figures.Add(Measure(name, one, kernel.Group, () => onOne.Run(oneOps, 0).Dispose(), () => onAll.Run(allOps, 0).Dispose()));
        }

        foreach (INetworkSource source in new INetworkSource[] { new CheckpointNetworks(Checkpoint.Open(EmbeddedModels.Demo)), new Sd2DepthNetworks() })
        {
            NetworkCase step = NetworkCases.Of(source).First();
            string name = $"{source.Name}: {step.Name}";
            if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase)) continue;
            progress($"threads: {name}");
            // Weights are a tier's, not a number of threads': both run on the same.
            using LoadedNetwork network = step.Load(all);
            using NetworkPass onOne = network.Prepare(oneOps), onAll = network.Prepare(allOps);
            figures.Add(Measure(name, one, step.Work, () => onOne.Run(oneOps)?.Dispose(), () => onAll.Run(allOps)?.Dispose()));
        }
        return figures;
    }

    private static KernelCase Case(CpuBackend backend, IOps ops, string name) => new KernelCases(backend, ops).All().First(kernel => $"{kernel.Group} {kernel.Name}" == name);

    private ThreadFigures Measure(string name, CpuBackend one, string group, Action onOne, Action onAll)
    {
        Func<double> onePeak = new TierPeaks(one).Of(group), allPeak = new TierPeaks(all).Of(group);
        int repeats = 1;
        repeats = Math.Max(1, (int)Math.Ceiling(LeastSeconds / Seconds(onAll)));
        Seconds(onOne);
        RoundProtocol protocol = new(rounds, TimeProvider.System);
        (IReadOnlyList<Round> used, int dropped, bool tooNoisy) = protocol.Collect(
            () =>
            {
                double before = allPeak(), first = Seconds(onAll), oneBefore = onePeak(), single = Seconds(onOne), oneAfter = onePeak(), second = Seconds(onAll);
                return new Round(before, first, oneBefore, single, oneAfter, second, allPeak());
            },
            round => protocol.Differ(round.Before, round.After) || protocol.Differ(round.OneBefore, round.OneAfter));
        return new ThreadFigures(
            name,
            all.Pool.Threads,
            used.Count,
            dropped,
            tooNoisy,
            RoundProtocol.Median(used.Select(r => r.Single)),
            RoundProtocol.Median(used.Select(r => r.All)),
            RoundProtocol.Median(used.Select(r => r.PeakGain)),
            RoundProtocol.Median(used.Select(r => r.Single / r.All / r.PeakGain)));

        double Seconds(Action work)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++) work();
            return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
        }
    }

    /// <summary>Peak of all threads, the work on all, peak of one, the work on one, peak of one, the work on all, peak of all.</summary>
    private readonly record struct Round(double Before, double First, double OneBefore, double Single, double OneAfter, double Second, double After)
    {
        public double All => (First + Second) / 2;

        public double PeakGain => (Before + After) / (OneBefore + OneAfter);
    }
}
