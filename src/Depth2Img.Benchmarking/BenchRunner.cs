using Depth2Img.Benchmarking.Kernels;
using Depth2Img.Benchmarking.Networks;
using Depth2Img.Benchmarking.OnnxRuntime;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Benchmarking.Threads;
using Depth2Img.Checkpoints;
using Depth2Img.Compute.Cpu;

namespace Depth2Img.Benchmarking;

/// <summary>Runs the bench: the machine first, then kernels, then networks.</summary>
public static class BenchRunner
{
    /// <summary>Measures what the options say.</summary>
    /// <param name="options">What and how long.</param>
    /// <param name="progress">Told what is measured next.</param>
    /// <exception cref="Depth2ImgException">A model or ONNX Runtime cannot be loaded, or the machine lacks the tier.</exception>
    public static BenchReport Run(BenchOptions options, Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        DateTimeOffset date = DateTimeOffset.UtcNow;
        // What is wrong with names is told before minutes are spent.
        INetworkSource[] sources = [.. options.Models.Select(Open)];
        using OrtLibrary? library = options.OnnxRuntime is null ? null : OrtLibrary.Load(options.OnnxRuntime);
        using CpuBackend backend = new(new CpuBackendOptions { Tier = options.Tier, Threads = options.Threads });

        progress("the machine");
        MachineFigures machine = Machine.Measure(backend);
        IReadOnlyList<KernelFigures> kernels =
            options.Kernels ? new KernelBench(backend, options.Rounds, machine.ReadGigabytesPerSecond).Measure(options.Filter, progress) : [];
        IReadOnlyList<ThreadFigures> threads =
            options.ThreadScaling && backend.Pool.Threads > 1 ? new ThreadBench(backend, options.Rounds).Measure(options.Filter, progress) : [];
        using CpuBackend float32 = new(new CpuBackendOptions { Tier = backend.Tier.IsFloat32() ? backend.Tier : CpuTiers.BestFloat32, Threads = options.Threads });
        List<NetworkFigures> networks = [];
        NetworkBench bench = new(backend, float32, options.Rounds, library);
        Sd2DepthNetworks fullSize = new();
        foreach ((INetworkSource source, NetworkCase network) in sources.SelectMany(source => NetworkCases.Of(source).Select(network => (source, network)))
            .Concat(options.Sides.SelectMany(side => NetworkCases.AtSide(fullSize, side).Select(network => ((INetworkSource)fullSize, network)))))
        {
            if (!network.Name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase)) continue;
            progress($"{source.Name}: {network.Name}");
            networks.Add(bench.Measure(source.Name, network));
        }
        return new BenchReport
        {
            Date = date,
            Command = options.Command,
            Commit = Machine.Commit(),
            Machine = machine,
            Kernels = kernels,
            Networks = networks,
            Threads = threads,
            Notes = Notes(machine, sources, library, options),
        };
    }

    private static INetworkSource Open(string model) =>
        model == Sd2DepthNetworks.ModelName && !Directory.Exists(model) ? new Sd2DepthNetworks() : new CheckpointNetworks(Checkpoint.Open(model));

    private static List<string> Notes(MachineFigures machine, INetworkSource[] sources, OrtLibrary? library, BenchOptions options)
    {
        List<string> notes = [];
        foreach (PeakFigure peak in machine.Peaks.Where(p => p.FractionOfUnits < PeakFigure.ExpectedFraction))
            notes.Add(FormattableString.Invariant($"The {peak.Type} peak reached {peak.FractionOfUnits:P0} of {peak.Units} multiply-adds a cycle at the measured clock; below 95 % the machine was busy."));
        if (library is not null) notes.Add($"Compared with ONNX Runtime {library.Version}, float32, all graph optimisations, equal threads.");
        else if (sources.OfType<Sd2DepthNetworks>().Any()) notes.Add(OrtLibrary.HowToGet);
        if (options.ThreadScaling && machine.Threads == 1) notes.Add("There is one thread only: nothing to hold against it.");
        return notes;
    }
}
