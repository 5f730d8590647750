using System.Diagnostics;
using Depth2Img.Benchmarking.OnnxRuntime;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>Measures whole networks, one in memory at a time.</summary>
/// <param name="backend">What runs them.</param>
/// <param name="float32">What runs those that the pipeline keeps in single precision.</param>
/// <param name="rounds">How long.</param>
/// <param name="library">Whom they are held against, or null.</param>
internal sealed class NetworkBench(CpuBackend backend, CpuBackend float32, RoundOptions rounds, OrtLibrary? library)
{
    /// <summary>Measures a network.</summary>
    public NetworkFigures Measure(string model, NetworkCase network)
    {
        long before = UsedMemory();
        CpuBackend runner = network.IsFloat32 ? float32 : backend;
        using LoadedNetwork loaded = network.Load(runner);
        using IOps ops = runner.OpenSession();
        using NetworkPass pass = loaded.Prepare(ops);
        // The first pass compiles the kernels and takes the workspace's memory.
        pass.Run(ops)?.Dispose();
        long memory = UsedMemory() - before;

        using OrtPeer? peer = library is null || network.Graph is null ? null : OrtPeer.Load(library, network, runner.Pool.Threads);
        double? agreement = null;
        if (peer is not null)
        {
            peer.Time();
            agreement = Difference(ops, pass, peer.Output);
        }
        RoundResult timing = new RoundProtocol(rounds, TimeProvider.System).Measure(
            new TierPeaks(runner).Float32, () => Time(ops, pass), peer is null ? null : peer.Time);
        CountingOps counted = new(ops);
        pass.Run(counted)?.Dispose();
        OpTally total = counted.Total;
        return new NetworkFigures(
            model,
            network.Name,
            total.MultiplyAdds / 1e9,
            total.RealMultiplyAdds / 1e9,
            total.Bytes / 1e9,
            memory,
            timing,
            [.. counted.Tallies.Select(t => new OpShare(t.Kind, t.Calls, t.Seconds, t.MultiplyAdds / 1e9, t.Seconds / total.Seconds))],
            agreement)
        {
            Tier = runner.Tier.Name(),
            Work = network.Work,
            PictureSide = network.PictureSide,
        };
    }

    private static double Time(IOps ops, NetworkPass pass)
    {
        long start = Stopwatch.GetTimestamp();
        pass.Run(ops)?.Dispose();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Difference(IOps ops, NetworkPass pass, ReadOnlySpan<float> theirs)
    {
        using Tensor output = pass.Run(ops)!;
        return OutputComparison.LargestInDeviations(ops.DownloadChannelsFirst(output), theirs);
    }

    private static long UsedMemory()
    {
        // What making weights left behind is no part of the network.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
