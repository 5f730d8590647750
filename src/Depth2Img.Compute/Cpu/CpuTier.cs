namespace Depth2Img.Compute.Cpu;

/// <summary>Families of kernels, each for processors with certain instructions; later ones are faster.</summary>
public enum CpuTier
{
    /// <summary>128-bit vectors, on any processor.</summary>
    Vector128,
    /// <summary>256-bit vectors with fused multiply-add (x64: AVX2 and FMA).</summary>
    Avx2,
    /// <summary>512-bit vectors (x64: AVX-512 F, BW, DQ, VL).</summary>
    Avx512,
    /// <summary>
    /// <see cref="Avx512"/>, with products of 16-bit numbers (x64: AVX512-BF16) in linears, 1x1 convolutions and attention. Sums, 3x3
    /// convolutions and all else stay in single precision.
    /// </summary>
    Avx512BFloat16,
    /// <summary>
    /// <see cref="Avx512"/>, with products of 16-bit numbers in tile registers (x64: AMX-BF16) in linears, convolutions and attention.
    /// Sums and all else stay in single precision.
    /// </summary>
    Amx,
}
