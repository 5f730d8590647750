using System.Runtime.InteropServices;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Tests.Checkpoints;

public class HalfConversionTests
{
    private static readonly ushort[] AllPatterns = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];

    [Fact]
    public void Every_half_is_widened_exactly()
    {
        float[] wide = new float[AllPatterns.Length];
        HalfConversion.WidenFloat16(MemoryMarshal.AsBytes<ushort>(AllPatterns), wide);
        for (int i = 0; i < wide.Length; i++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            if (float.IsNaN(expected)) Assert.True(float.IsNaN(wide[i]) && float.IsNegative(wide[i]) == i >= 0x8000, $"{i:x}");
            else Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(wide[i]));
        }
    }

    [Fact]
    public void Every_bfloat16_is_the_upper_half_of_its_single()
    {
        float[] wide = new float[AllPatterns.Length];
        HalfConversion.WidenBFloat16(MemoryMarshal.AsBytes<ushort>(AllPatterns), wide);
        for (int i = 0; i < wide.Length; i++) Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(wide[i]));
    }

    [Fact]
    public void Widening_and_narrowing_give_every_half_and_bfloat16_back()
    {
        byte[] patterns = MemoryMarshal.AsBytes<ushort>(AllPatterns).ToArray(), back = new byte[patterns.Length];
        float[] wide = new float[AllPatterns.Length];
        HalfConversion.WidenFloat16(patterns, wide);
        HalfConversion.NarrowFloat16(wide, back);
        AssertSameButForQuietNaNs(back, isNaN: p => (p & 0x7FFF) > 0x7C00, quiet: 0x0200);
        HalfConversion.WidenBFloat16(patterns, wide);
        HalfConversion.NarrowBFloat16(wide, back);
        AssertSameButForQuietNaNs(back, isNaN: p => (p & 0x7FFF) > 0x7F80, quiet: 0x0040);
    }

    [Fact]
    public void Narrowing_to_halves_rounds_as_the_runtime_does_at_and_around_every_tie()
    {
        List<float> values = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, 65503.99f, 65504, 65519.99f, 65520, 65536, 1e-45f, 2.98e-8f, 2.9802322e-8f, 2.9802326e-8f];
        for (int i = 0; i < 0x7C00; i++)
        {
            float low = (float)BitConverter.UInt16BitsToHalf((ushort)i), high = (float)BitConverter.UInt16BitsToHalf((ushort)(i + 1));
            float tie = float.IsInfinity(high) ? 65520 : (low + high) / 2;
            values.AddRange([tie, MathF.BitIncrement(tie), MathF.BitDecrement(tie), -tie]);
        }
        byte[] narrow = new byte[2 * values.Count];
        HalfConversion.NarrowFloat16(CollectionsMarshal.AsSpan(values), narrow);
        ReadOnlySpan<Half> found = MemoryMarshal.Cast<byte, Half>(narrow);
        for (int i = 0; i < found.Length; i++)
        {
            Half expected = (Half)values[i];
            Assert.True(Half.IsNaN(expected) ? Half.IsNaN(found[i]) : BitConverter.HalfToUInt16Bits(expected) == BitConverter.HalfToUInt16Bits(found[i]), $"{values[i]:R}");
        }
    }

    [Theory]
    [InlineData(0x3F800000, 0x3F80)] // 1
    [InlineData(0x3F808000, 0x3F80)] // a tie to even, downwards
    [InlineData(0x3F808001, 0x3F81)]
    [InlineData(0x3F818000, 0x3F82)] // a tie to even, upwards
    [InlineData(0x3F817FFF, 0x3F81)]
    [InlineData(0x7F7FFFFF, 0x7F80)] // the largest single rounds to infinity
    [InlineData(0x7F800000, 0x7F80)]
    [InlineData(0x7F800001, 0x7FC0)] // a NaN whose bits are all cut off stays one
    [InlineData(0x00000001, 0x0000)]
    [InlineData(0x00018000, 0x0002)] // subnormals round alike
    public void Narrowing_to_bfloat16_rounds_to_nearest_even(int single, int expected)
    {
        for (int length = 1; length <= 40; length += 13)
        {
            float[] values = new float[length];
            Array.Fill(values, BitConverter.Int32BitsToSingle(single));
            values[0] = -values[0];
            byte[] narrow = new byte[2 * length];
            HalfConversion.NarrowBFloat16(values, narrow);
            Assert.Equal(expected | 0x8000, BitConverter.ToUInt16(narrow, 0) | 0x8000);
            for (int i = 1; i < length; i++) Assert.Equal(expected, BitConverter.ToUInt16(narrow, 2 * i));
        }
    }

    [Fact]
    public void Every_length_and_alignment_is_converted_alike()
    {
        byte[] patterns = MemoryMarshal.AsBytes<ushort>(AllPatterns.AsSpan(0x3000, 200)).ToArray();
        for (int length = 0; length <= 70; length++)
        {
            byte[] shifted = [0xFF, .. patterns.AsSpan(0, 2 * length)];
            float[] half = new float[length], bfloat = new float[length];
            HalfConversion.WidenFloat16(shifted.AsSpan(1), half);
            HalfConversion.WidenBFloat16(shifted.AsSpan(1), bfloat);
            byte[] back = new byte[2 * length + 1];
            HalfConversion.NarrowFloat16(half, back.AsSpan(1));
            Assert.Equal(shifted.AsSpan(1), back.AsSpan(1));
            HalfConversion.NarrowBFloat16(bfloat, back.AsSpan(1));
            Assert.Equal(shifted.AsSpan(1), back.AsSpan(1));
        }
    }

    [Fact]
    public void Lengths_that_do_not_match_are_refused()
    {
        Assert.Throws<ArgumentException>(() => HalfConversion.WidenFloat16(new byte[3], new float[2]));
        Assert.Throws<ArgumentException>(() => HalfConversion.WidenBFloat16(new byte[6], new float[2]));
        Assert.Throws<ArgumentException>(() => HalfConversion.NarrowFloat16(new float[2], new byte[3]));
        Assert.Throws<ArgumentException>(() => HalfConversion.NarrowBFloat16(new float[2], new byte[5]));
    }

    private static void AssertSameButForQuietNaNs(byte[] found, Predicate<int> isNaN, int quiet)
    {
        ReadOnlySpan<ushort> patterns = MemoryMarshal.Cast<byte, ushort>(found);
        for (int i = 0; i < patterns.Length; i++) Assert.Equal(isNaN(i) ? i | quiet : i, patterns[i]);
    }
}
