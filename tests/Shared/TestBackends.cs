using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Reference;

namespace Depth2Img.TestSupport;

/// <summary>The back ends that network tests run on, by name so that a test runner can list them.</summary>
internal static class TestBackends
{
    private const string Reference = "reference";

    private static readonly string[] Names = [Reference, .. CpuTiers.Available.Select(tier => tier.Name())];

    /// <summary>Rows of a theory: every back end of this machine.</summary>
    public static TheoryData<string> All => new(Names);

    /// <summary>Rows of a theory: every back end of this machine with each of several cases.</summary>
    public static TheoryData<string, string> With(params ReadOnlySpan<string> cases)
    {
        TheoryData<string, string> rows = [];
        foreach (string backend in Names)
        {
            foreach (string @case in cases) rows.Add(backend, @case);
        }
        return rows;
    }

    /// <summary>Opens the fastest back end, for networks too large for the others.</summary>
    public static IBackend OpenFastest() => new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.Best });

    /// <summary>Opens a back end by its name.</summary>
    public static IBackend Open(string name) =>
        name == Reference ? new ReferenceBackend() : new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.Parse(name) });
}
