using Depth2Img.Compute.Cpu;

namespace Depth2Img.Benchmarking;

/// <summary>The peaks of the number types that a tier multiplies, and which type each kind of op has. Every tier computes in single precision.</summary>
internal sealed class TierPeaks(CpuBackend backend)
{
    /// <summary>The single-precision type's name in reports.</summary>
    public const string Float32Type = "float32";

    /// <summary>Measures every type's peak, GMAC/s, and tells the multiply-adds of one vector.</summary>
    public IEnumerable<(string Type, double Gmacs, int Lanes)> Measure() => [(Float32Type, Float32(), Lanes)];

    private int Lanes => backend.Tier switch
    {
        CpuTier.Avx512 => 16,
        CpuTier.Avx2 => 8,
        _ => 4,
    };

    /// <summary>Measures the single-precision peak, GMAC/s.</summary>
    public double Float32() => PeakLoops.MeasureFloat32(backend.Tier, backend.Pool);
}
