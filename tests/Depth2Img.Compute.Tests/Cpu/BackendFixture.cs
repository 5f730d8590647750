using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Reference;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>A back end for each tier of this machine, and the reference that they are held to.</summary>
public sealed class BackendFixture : IDisposable
{
    private readonly Dictionary<CpuTier, CpuBackend> _backends =
        CpuTiers.Available.ToDictionary(tier => tier, tier => new CpuBackend(new CpuBackendOptions { Tier = tier }));

    public IBackend Reference { get; } = new ReferenceBackend();

    public IBackend Of(CpuTier tier) => _backends[tier];

    /// <summary>Runs ops in a session of their own and gives the result's values.</summary>
    public static float[] Run(IBackend backend, Func<IOps, Tensor> compute)
    {
        using IOps ops = backend.OpenSession();
        using Tensor result = compute(ops);
        return ops.DownloadAll(result);
    }

    public void Dispose()
    {
        foreach (CpuBackend backend in _backends.Values) backend.Dispose();
        Reference.Dispose();
    }
}
