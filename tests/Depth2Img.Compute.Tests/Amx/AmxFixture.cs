using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Reference;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>
/// The assembled AMX kernels on the model of the processor, on any machine, and on the processor itself where it has them: tests
/// run on all units that there are.
/// </summary>
public sealed class AmxFixture : IDisposable
{
    private readonly ModelProcessor _processor = new();
    private readonly AmxUnit _model;
    private readonly Dictionary<AmxUnit, CpuBackend> _backends = [];

    public AmxFixture()
    {
        _model = AmxUnit.TryLoad(_processor)!;
        List<AmxUnit> units = [_model];
        if (AmxSupport.Current.Refusal is null) units.Add(AmxSupport.Current.Unit);
        Units = units;
        foreach (AmxUnit unit in units) _backends.Add(unit, NewBackend(unit, threads: 2));
    }

    public IBackend Reference { get; } = new ReferenceBackend();

    /// <summary>Every unit that there is, the model first.</summary>
    internal IReadOnlyList<AmxUnit> Units { get; }

    /// <summary>The model's processor.</summary>
    internal ModelProcessor Processor => _processor;

    /// <summary>The vectors that do what is no product.</summary>
    internal static CpuTier Vectors => CpuTiers.BestFloat32;

    /// <summary>A back end on a unit's kernels.</summary>
    internal IBackend Of(AmxUnit unit) => _backends[unit];

    /// <summary>Another one, for its caller to dispose.</summary>
    internal static CpuBackend NewBackend(AmxUnit unit, int threads) => new(CpuTier.Amx, Vectors, new MicroKernelAmx(unit), threads);

    public void Dispose()
    {
        foreach (CpuBackend backend in _backends.Values) backend.Dispose();
        Reference.Dispose();
        _model.Dispose();
        _processor.Dispose();
    }
}
