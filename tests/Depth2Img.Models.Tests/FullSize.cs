using System.Diagnostics;

namespace Depth2Img.Models.Tests;

/// <summary>Tests of full-size networks, which run one at a time: each takes gigabytes.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FullSize
{
    public const string Name = "Full size";

    private const long MaxPeakMemory = 8L * 1024 * 1024 * 1024;

    /// <summary>Fails if the process ever took more memory than a machine of 8 GB has.</summary>
    internal static void AssertPeakMemory()
    {
        using Process process = Process.GetCurrentProcess();
        Assert.InRange(process.PeakWorkingSet64, 0, MaxPeakMemory);
    }
}
