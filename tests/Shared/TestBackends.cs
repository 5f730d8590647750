using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Reference;

namespace Depth2Img.TestSupport;

/// <summary>The back ends that network tests run on, by name so that a test runner can list them.</summary>
internal static class TestBackends
{
    private const string Reference = "reference";

    private static readonly string[] Names = [Reference, .. CpuTiers.Available.Where(tier => tier.IsFloat32()).Select(tier => tier.Name())];

    /// <summary>Rows of a theory: every back end of this machine that computes in single precision.</summary>
    public static TheoryData<string> All => new(Names);

    /// <summary>The tiers of this machine that multiply 16-bit numbers; there may be none.</summary>
    public static IEnumerable<CpuTier> Narrow => CpuTiers.Available.Where(tier => !tier.IsFloat32());

    /// <summary>Rows of a theory: every back end of this machine that computes in single precision, with each of several cases.</summary>
    public static TheoryData<string, string> With(params ReadOnlySpan<string> cases)
    {
        TheoryData<string, string> rows = [];
        foreach (string backend in Names)
        {
            foreach (string @case in cases) rows.Add(backend, @case);
        }
        return rows;
    }

    /// <summary>Opens the fastest back end of single precision, for networks too large for the others.</summary>
    public static IBackend OpenFastest() => new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.BestFloat32 });

    /// <summary>Opens a back end by its name.</summary>
    public static IBackend Open(string name) =>
        name == Reference ? new ReferenceBackend() : new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.Parse(name) });
}
