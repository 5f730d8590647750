using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>16-bit weights to single precision, exact for every value.</summary>
internal static unsafe class Widening
{
    /// <summary>IEEE halves.</summary>
    /// <param name="source">The halves.</param>
    /// <param name="target">As many singles, 32-byte aligned.</param>
    /// <param name="count">A multiple of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Float16(ushort* source, float* target, int count)
    {
        Vector256<uint> signBit = Vector256.Create(0x8000u);
        Vector256<uint> magnitudeBits = Vector256.Create(0x7fffu);
        Vector256<uint> infinite = Vector256.Create(0x7c00u << 13);
        Vector256<uint> singleInfinity = Vector256.Create(0x7f800000u);
        // Shifted into place, exponents are too small by the biases' difference 127 - 15: one product by the power
        // of two sets normal and subnormal halves right.
        Vector256<float> bias = Vector256.Create(BitConverter.UInt32BitsToSingle((127 + 112u) << 23));
        for (ushort* end = source + count; source < end; source += 8, target += 8)
        {
            Vector256<uint> half = Load(source);
            Vector256<uint> magnitude = (half & magnitudeBits) << 13;
            Vector256<uint> value = (magnitude.AsSingle() * bias).AsUInt32();
            Vector256<uint> special = Vector256.GreaterThanOrEqual(magnitude.AsInt32(), infinite.AsInt32()).AsUInt32() & singleInfinity;
            (value | special | ((half & signBit) << 16)).AsSingle().StoreAligned(target);
        }
    }

    /// <summary>bfloat16: the upper halves of singles.</summary>
    /// <param name="source">The values.</param>
    /// <param name="target">As many singles, 32-byte aligned.</param>
    /// <param name="count">A multiple of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BFloat16(ushort* source, float* target, int count)
    {
        for (ushort* end = source + count; source < end; source += 8, target += 8)
            (Load(source) << 16).AsSingle().StoreAligned(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Load(ushort* source)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int32(source).AsUInt32();
        (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(Vector128.Load(source));
        return Vector256.Create(lower, upper);
    }
}
