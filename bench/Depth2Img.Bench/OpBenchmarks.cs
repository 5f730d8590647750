using BenchmarkDotNet.Attributes;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;

namespace Depth2Img.Bench;

/// <summary>Every case of <see cref="OpCases"/> on every tier of the machine, with BenchmarkDotNet's statistics.</summary>
public class OpBenchmarks
{
    private Action _run = () => { };
    private Action _cleanUp = () => { };

    /// <summary>The names of the cases.</summary>
    public static IEnumerable<string> Names
    {
        get
        {
            using CpuBackend backend = new();
            using IOps ops = backend.OpenSession();
            return [.. new OpCases(backend, ops).All().Select(op => op.Name)];
        }
    }

    /// <summary>The tiers of this machine.</summary>
    public static IEnumerable<CpuTier> Tiers => CpuTiers.Available;

    /// <summary>Which case.</summary>
    [ParamsSource(nameof(Names))]
    public string Case { get; set; } = "";

    /// <summary>Which kernels.</summary>
    [ParamsSource(nameof(Tiers))]
    public CpuTier Tier { get; set; }

    /// <summary>Prepares the case.</summary>
    [GlobalSetup]
    public void Setup()
    {
        CpuBackend backend = new(new CpuBackendOptions { Tier = Tier });
        IOps ops = backend.OpenSession();
        _run = new OpCases(backend, ops).All().First(op => op.Name == Case).Run;
        _cleanUp = () =>
        {
            ops.Dispose();
            backend.Dispose();
        };
    }

    /// <summary>Frees everything.</summary>
    [GlobalCleanup]
    public void CleanUp() => _cleanUp();

    /// <summary>One run of the case.</summary>
    [Benchmark]
    public void Run() => _run();
}
