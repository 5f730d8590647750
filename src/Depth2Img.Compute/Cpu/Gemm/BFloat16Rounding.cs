using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>Single precision to bfloat16, to the nearest, ties to even; NaN stays NaN.</summary>
internal static unsafe class BFloat16Rounding
{
    private const uint Quiet = 0x00400000;

    /// <summary>One value's 16 bits.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)((bits | Quiet) >> 16);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>A row of values; an odd number is filled up with a zero, so that whole pairs can be read.</summary>
    /// <param name="source">The values.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">Takes them in their order.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundRow(float* source, int count, ushort* target)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i <= count - 16; i += 16)
                Avx512F.ConvertToVector256UInt16(RoundUpper(Vector512.Load(source + i)) >> 16).Store(target + i);
        }
        for (; i < count; i++) target[i] = Round(source[i]);
        if (count % 2 != 0) target[count] = 0;
    }

    /// <summary>Pairs the values of two rows: the first row's in the lower halves, the second's in the upper.</summary>
    /// <param name="first">A row.</param>
    /// <param name="second">The row after it, or null for zeros.</param>
    /// <param name="count">Values of a row.</param>
    /// <param name="target">As many pairs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PairRows(float* first, float* second, int count, uint* target)
    {
        int i = 0;
        if (Avx512F.IsSupported && second != null)
        {
            Vector512<uint> upper = Vector512.Create(0xffff0000u);
            for (; i <= count - 16; i += 16)
                ((RoundUpper(Vector512.Load(first + i)) >> 16) | (RoundUpper(Vector512.Load(second + i)) & upper)).Store(target + i);
        }
        for (; i < count; i++) target[i] = Round(first[i]) | (second == null ? 0 : (uint)Round(second[i]) << 16);
    }

    /// <summary>The rounded values in the upper halves; the lower ones are left over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> RoundUpper(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> rounded = bits + Vector512.Create(0x7fffu) + ((bits >> 16) & Vector512.Create(1u));
        return Vector512.ConditionalSelect(Vector512.IsNaN(value).AsUInt32(), bits | Vector512.Create(Quiet), rounded);
    }
}
