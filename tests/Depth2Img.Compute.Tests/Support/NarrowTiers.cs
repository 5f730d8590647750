using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Tests.Support;

/// <summary>What 16-bit products are tested on and held to.</summary>
internal static class NarrowTiers
{
    /// <summary>Rounding errors of operands, relative to the result's size: the root of their mean square at most.</summary>
    private const double Tolerance = 4e-3;

    /// <summary>The tiers of this machine that multiply 16-bit numbers. There may be none: tests then hold of nothing.</summary>
    public static IEnumerable<CpuTier> Available => CpuTiers.Available.Where(tier => !tier.IsFloat32());

    /// <summary>Fails where results differ from the reference by more than the rounding of operands explains.</summary>
    public static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum());
        double size = Math.Sqrt(expected.Sum(e => (double)e * e));
        Assert.True(error <= Tolerance * size, $"{what}: the error is {error / size:g3} of the result, {Tolerance} is allowed");
    }
}
