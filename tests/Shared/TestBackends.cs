using Depth2Img.Compute;
using Depth2Img.Compute.Reference;

namespace Depth2Img.TestSupport;

/// <summary>The back ends that network tests run on, by name so that a test runner can list them.</summary>
internal static class TestBackends
{
    private const string Reference = "reference";

    /// <summary>Rows of a theory: every back end of this machine.</summary>
    public static TheoryData<string> All => [Reference];

    /// <summary>Rows of a theory: every back end of this machine with each of several cases.</summary>
    public static TheoryData<string, string> With(params ReadOnlySpan<string> cases)
    {
        TheoryData<string, string> rows = [];
        foreach (string backend in (IEnumerable<string>)[Reference])
        {
            foreach (string @case in cases) rows.Add(backend, @case);
        }
        return rows;
    }

    /// <summary>Opens the fastest back end, for networks too large for the others.</summary>
    public static IBackend OpenFastest() => new ReferenceBackend();

    /// <summary>Opens a back end by its name.</summary>
    public static IBackend Open(string name) => name switch
    {
        Reference => new ReferenceBackend(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such back end."),
    };
}
