using Depth2Img.Compute.Cpu;

namespace Depth2Img.Benchmarking;

/// <summary>The peaks of the number types that a tier multiplies, and which type each kind of kernel has.</summary>
internal sealed class TierPeaks(CpuBackend backend)
{
    /// <summary>The single-precision type's name in reports.</summary>
    public const string Float32Type = "float32";

    /// <summary>The 16-bit type's name in reports.</summary>
    public const string BFloat16Type = "bfloat16";

    /// <summary>Measures every type's peak, GMAC/s, and tells the multiply-adds of one vector.</summary>
    public IEnumerable<(string Type, double Gmacs, int Lanes)> Measure() => backend.Tier.IsFloat32()
        ? [(Float32Type, Float32(), Lanes)]
        : [(Float32Type, Float32(), Lanes), (BFloat16Type, BFloat16(), HasTiles ? TileProductsPerCycle : 2 * Lanes)];

    /// <summary>What a core with tile registers does: an instruction of 16 x 16 x 32 products every 16 cycles.</summary>
    private const int TileProductsPerCycle = 512;

    private bool HasTiles => backend.Tier == CpuTier.Amx;

    private int Lanes => backend.Tier switch
    {
        CpuTier.Avx512 or CpuTier.Avx512BFloat16 or CpuTier.Amx => 16,
        CpuTier.Avx2 => 8,
        _ => 4,
    };

    /// <summary>Measures the single-precision peak, GMAC/s.</summary>
    public double Float32() => PeakLoops.MeasureFloat32(backend.Tier, backend.Pool);

    /// <summary>
    /// What measures the peak that a group of kernels, or a network, is held against on this tier: 3x3 convolutions are in single
    /// precision where there are no tiles, and networks, which have them, are told by that peak too.
    /// </summary>
    public Func<double> Of(string group) =>
        !backend.Tier.IsFloat32() && (HasTiles || group is "gemm" or "linear" or "attention") ? BFloat16 : Float32;

    private double BFloat16() => HasTiles ? PeakLoops.MeasureTiles(backend.Pool) : PeakLoops.MeasureBFloat16(backend.Pool);
}
