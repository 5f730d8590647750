using System.Diagnostics;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Models.Tests;

/// <summary>Tests of full-size networks, which run one at a time: each takes gigabytes.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FullSize
{
    public const string Name = "Full size";

    /// <summary>How far a value may be off, in standard deviations of the reference.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>What a machine of 8 GB has.</summary>
    private const long MaxPeakMemory = 8L * 1024 * 1024 * 1024;

    /// <summary>Fails if a value is off by more than a thousandth of the reference's standard deviation; logs the largest error.</summary>
    internal static void AssertAgrees(float[] expected, float[] actual, string what, ITestOutputHelper log)
    {
        double deviation = NumericAssert.StandardDeviation(expected);
        NumericAssert.Close(expected, actual, Tolerance * deviation, what);
        double largest = expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).Max();
        log.WriteLine($"{what}: the largest error is {largest / deviation:g3} standard deviations");
    }

    /// <summary>The same for 16-bit products: the rms error is a twentieth of the standard deviation at most.</summary>
    internal static void AssertAgreesNarrow(float[] expected, float[] actual, string what, ITestOutputHelper log) =>
        log.WriteLine($"{what}: the rms error is {NumericAssert.RootMeanSquare(expected, actual, 5e-2, what):g3} standard deviations");

    /// <summary>Fails if the process ever took more memory than a machine of 8 GB has; logs the peak.</summary>
    internal static void AssertPeakMemory(ITestOutputHelper log)
    {
        using Process process = Process.GetCurrentProcess();
        log.WriteLine($"peak memory: {process.PeakWorkingSet64 / (1024.0 * 1024 * 1024):f2} GiB");
        Assert.InRange(process.PeakWorkingSet64, 0, MaxPeakMemory);
    }
}
