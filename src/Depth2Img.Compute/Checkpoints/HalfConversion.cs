using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// Conversions between singles and 16-bit floating-point values, little-endian and of any alignment. Widening is exact
/// for every value, subnormals, infinities and NaNs included; narrowing rounds to nearest, ties to even, as IEEE 754 does.
/// .NET has no intrinsics for the processors' own conversions, so these work on the bits.
/// </summary>
public static class HalfConversion
{
    // A single has an exponent bias of 127 and 13 more bits of fraction; a half has a bias of 15.
    private const int FractionShift = 13;
    private const int BiasDifference = (127 - 15) << 23;
    private const uint Infinity = 0x7F80_0000;

    /// <summary>IEEE halves to singles.</summary>
    /// <param name="source">Two bytes a value.</param>
    /// <param name="destination">Takes as many values as it is long.</param>
    /// <exception cref="ArgumentException">The source is not exactly twice as long as the destination.</exception>
    public static void WidenFloat16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLengths(source.Length, destination.Length, nameof(source));
        ref ushort from = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ushort>(source));
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= destination.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
            {
                (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
                WidenHalves(lower).StoreUnsafe(ref to, (nuint)i);
                WidenHalves(upper).StoreUnsafe(ref to, (nuint)(i + Vector256<uint>.Count));
            }
        }
        for (; i <= destination.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(Vector128.LoadUnsafe(ref from, (nuint)i));
            WidenHalves(lower).StoreUnsafe(ref to, (nuint)i);
            WidenHalves(upper).StoreUnsafe(ref to, (nuint)(i + Vector128<uint>.Count));
        }
        for (; i < destination.Length; i++) destination[i] = (float)MemoryMarshal.Read<Half>(source[(2 * i)..]);
    }

    /// <summary>bfloat16 to singles.</summary>
    /// <param name="source">Two bytes a value.</param>
    /// <param name="destination">Takes as many values as it is long.</param>
    /// <exception cref="ArgumentException">The source is not exactly twice as long as the destination.</exception>
    public static void WidenBFloat16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLengths(source.Length, destination.Length, nameof(source));
        ref ushort from = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ushort>(source));
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= destination.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
            {
                (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
                (lower << 16).AsSingle().StoreUnsafe(ref to, (nuint)i);
                (upper << 16).AsSingle().StoreUnsafe(ref to, (nuint)(i + Vector256<uint>.Count));
            }
        }
        for (; i < destination.Length; i++)
            destination[i] = BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(source[(2 * i)..]) << 16);
    }

    /// <summary>Singles to IEEE halves. What is larger than 65,504 and would round up becomes infinity.</summary>
    /// <param name="source">The values.</param>
    /// <param name="destination">Takes two bytes a value.</param>
    /// <exception cref="ArgumentException">The destination is not exactly twice as long as the source.</exception>
    public static void NarrowFloat16(ReadOnlySpan<float> source, Span<byte> destination)
    {
        CheckLengths(destination.Length, source.Length, nameof(destination));
        ref float from = ref MemoryMarshal.GetReference(source);
        ref ushort to = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ushort>(destination));
        int i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            Vector256<uint> lower = NarrowToHalves(Vector256.LoadUnsafe(ref from, (nuint)i));
            Vector256<uint> upper = NarrowToHalves(Vector256.LoadUnsafe(ref from, (nuint)(i + Vector256<float>.Count)));
            Vector256.Narrow(lower, upper).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < source.Length; i++) MemoryMarshal.Write(destination[(2 * i)..], (Half)source[i]);
    }

    /// <summary>Singles to bfloat16.</summary>
    /// <param name="source">The values.</param>
    /// <param name="destination">Takes two bytes a value.</param>
    /// <exception cref="ArgumentException">The destination is not exactly twice as long as the source.</exception>
    public static void NarrowBFloat16(ReadOnlySpan<float> source, Span<byte> destination)
    {
        CheckLengths(destination.Length, source.Length, nameof(destination));
        ref float from = ref MemoryMarshal.GetReference(source);
        ref ushort to = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ushort>(destination));
        int i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            Vector256<uint> lower = NarrowToBFloats(Vector256.LoadUnsafe(ref from, (nuint)i));
            Vector256<uint> upper = NarrowToBFloats(Vector256.LoadUnsafe(ref from, (nuint)(i + Vector256<float>.Count)));
            Vector256.Narrow(lower, upper).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < source.Length; i++)
        {
            Vector256<uint> single = NarrowToBFloats(Vector256.CreateScalar(source[i]));
            MemoryMarshal.Write(destination[(2 * i)..], (ushort)single.ToScalar());
        }
    }

    /// <summary>
    /// The fraction and exponent of a half, moved to a single's places, are the value divided by 2^112: multiplying
    /// gives it back, and makes subnormal halves normal on the way.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WidenHalves(Vector256<uint> half)
    {
        Vector256<uint> magnitude = (half & Vector256.Create(0x7FFFu)) << FractionShift;
        Vector256<uint> sign = (half & Vector256.Create(0x8000u)) << 16;
        Vector256<uint> scaled = (magnitude.AsSingle() * Vector256.Create(BitConverter.UInt32BitsToSingle((127 + 112) << 23))).AsUInt32();
        Vector256<uint> endless = Vector256.GreaterThan(magnitude, Vector256.Create((0x7C00u << FractionShift) - 1));
        return (scaled | sign | (endless & Vector256.Create(Infinity))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> WidenHalves(Vector128<uint> half)
    {
        Vector128<uint> magnitude = (half & Vector128.Create(0x7FFFu)) << FractionShift;
        Vector128<uint> sign = (half & Vector128.Create(0x8000u)) << 16;
        Vector128<uint> scaled = (magnitude.AsSingle() * Vector128.Create(BitConverter.UInt32BitsToSingle((127 + 112) << 23))).AsUInt32();
        Vector128<uint> endless = Vector128.GreaterThan(magnitude, Vector128.Create((0x7C00u << FractionShift) - 1));
        return (scaled | sign | (endless & Vector128.Create(Infinity))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> NarrowToHalves(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> magnitude = bits & Vector256.Create(0x7FFF_FFFFu);
        Vector256<uint> sign = (bits ^ magnitude) >> 16;

        // Half a unit of the last place less one, and one more where that place is odd; a carry may reach infinity.
        Vector256<uint> odd = (magnitude >> FractionShift) & Vector256<uint>.One;
        Vector256<uint> normal = (magnitude - Vector256.Create((uint)BiasDifference) + Vector256.Create(0xFFFu) + odd) >> FractionShift;

        // Added to 1/2, a subnormal half's last place is that of the sum, and the addition rounds to it.
        Vector256<float> half = Vector256.Create(0.5f);
        Vector256<uint> subnormal = (magnitude.AsSingle() + half).AsUInt32() - half.AsUInt32();

        Vector256<uint> infinity = Vector256.Create(0x7C00u);
        Vector256<uint> quietNaN = Vector256.Create(0x7E00u) | ((magnitude >> FractionShift) & Vector256.Create(0x3FFu));
        Vector256<uint> result = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0x3880_0000u)), subnormal, normal);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(0x477F_FFFFu)), infinity, result);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(Infinity)), quietNaN, result);
        return result | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> NarrowToBFloats(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> odd = (bits >> 16) & Vector256<uint>.One;
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + odd) >> 16;
        Vector256<uint> quietNaN = (bits >> 16) | Vector256.Create(0x40u);
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, quietNaN);
    }

    private static void CheckLengths(int bytes, int values, string name)
    {
        if (bytes != 2L * values) throw new ArgumentException($"{values} values of two bytes do not take {bytes} bytes.", name);
    }
}
