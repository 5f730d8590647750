using Depth2Img.Compute.Cpu;

namespace Depth2Img.Benchmarking;

/// <summary>The peaks of the number types that a tier multiplies, and which type each kind of op has. Every tier computes in single precision.</summary>
internal sealed class TierPeaks(CpuBackend backend)
{
    /// <summary>The single-precision type's name in reports.</summary>
    public const string Float32Type = "float32";

    /// <summary>Measures every type's peak, GMAC/s.</summary>
    public IEnumerable<(string Type, double Gmacs)> Measure() => [(Float32Type, Float32())];

    /// <summary>Measures the single-precision peak, GMAC/s.</summary>
    public double Float32() => PeakLoops.MeasureFloat32(backend.Tier, backend.Pool);
}
