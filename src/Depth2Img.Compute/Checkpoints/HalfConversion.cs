using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>Widening of 16-bit floating-point values, exact for every value.</summary>
public static class HalfConversion
{
    /// <summary>IEEE halves, little-endian and of any alignment, to singles.</summary>
    public static void WidenFloat16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (float)MemoryMarshal.Read<Half>(source[(2 * i)..]);
    }

    /// <summary>bfloat16, little-endian and of any alignment, to singles.</summary>
    public static void WidenBFloat16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = BitConverter.Int32BitsToSingle(MemoryMarshal.Read<ushort>(source[(2 * i)..]) << 16);
    }
}
