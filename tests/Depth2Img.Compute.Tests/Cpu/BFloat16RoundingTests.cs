using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public unsafe class BFloat16RoundingTests
{
    [Fact]
    public void Every_magnitude_is_rounded_to_the_nearest_and_ties_to_even()
    {
        foreach (float value in TestValues.AllMagnitudes(65537 * 7))
        {
            float rounded = Widen(BFloat16Rounding.Round(value));
            if (float.IsNaN(value)) Assert.True(float.IsNaN(rounded));
            else Assert.Equal(Nearest(value), rounded);
        }
        Assert.Equal(1f, Widen(BFloat16Rounding.Round(1 + 1f / 256)));
        Assert.Equal(1 + 1f / 64, Widen(BFloat16Rounding.Round(1 + 3f / 256)));
    }

    [Fact]
    public void Rows_are_rounded_like_single_values_and_filled_up_to_whole_pairs()
    {
        float[] values = TestValues.AllMagnitudes(65537 * 1001);
        foreach (int count in new[] { 1, 2, 15, 16, 17, 33, values.Length })
        {
            using GuardedFloats source = new(values.AsSpan(0, count), atEnd: true);
            using GuardedFloats target = new(new float[(count + 1) / 2], atEnd: true);
            BFloat16Rounding.RoundRow(source.Data, count, (ushort*)target.Data);
            for (int i = 0; i < count; i++) Assert.Equal(BFloat16Rounding.Round(values[i]), ((ushort*)target.Data)[i]);
            if (count % 2 != 0) Assert.Equal(0, ((ushort*)target.Data)[count]);
        }
    }

    [Fact]
    public void Two_rows_become_pairs_and_a_missing_second_row_zeros()
    {
        foreach (int count in new[] { 1, 16, 31, 40 })
        {
            float[] first = TestValues.Random(count, 1), second = TestValues.Random(count, 2);
            using GuardedFloats a = new(first, atEnd: true), b = new(second, atEnd: true), target = new(new float[count], atEnd: true);
            BFloat16Rounding.PairRows(a.Data, b.Data, count, (uint*)target.Data);
            for (int i = 0; i < count; i++)
                Assert.Equal(BFloat16Rounding.Round(first[i]) | (uint)BFloat16Rounding.Round(second[i]) << 16, ((uint*)target.Data)[i]);
            BFloat16Rounding.PairRows(a.Data, null, count, (uint*)target.Data);
            for (int i = 0; i < count; i++) Assert.Equal(BFloat16Rounding.Round(first[i]), ((uint*)target.Data)[i]);
        }
    }

    [Fact]
    public void The_micro_kernel_s_rows_are_rounded_alike_but_for_subnormal_numbers_and_read_and_write_nothing_else()
    {
        if (!MicroKernelBFloat16.IsAvailable) return;
        MicroKernelBFloat16 kernel = new();
        float[] values = TestValues.AllMagnitudes(65537 * 1001);
        foreach (int count in new[] { 1, 31, 32, 33, 64, 95, values.Length })
        {
            using GuardedFloats source = new(values.AsSpan(values.Length - count), atEnd: true);
            using GuardedFloats target = new(new float[(count + 1) / 2], atEnd: true);
            kernel.PackLeft(source.Data, count, target.Data);
            for (int i = 0; i < count; i++)
            {
                ushort actual = ((ushort*)target.Data)[i];
                if (float.IsSubnormal(source.Data[i])) Assert.True(Math.Abs(Widen(actual)) <= SmallestNormal);
                else Assert.Equal(BFloat16Rounding.Round(source.Data[i]), actual);
            }
        }
    }

    private static float SmallestNormal => BitConverter.UInt32BitsToSingle(0x00800000);

    private static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Of the two neighbours the nearer one; of two as near the even one. Beyond the largest: as if the exponent went on.</summary>
    private static float Nearest(float value)
    {
        if (float.IsInfinity(value)) return value;
        uint below = BitConverter.SingleToUInt32Bits(value) >> 16;
        double low = Widen((ushort)below), high = Widen((ushort)(below + 1));
        if (double.IsInfinity(high)) high = Math.CopySign(Math.Pow(2, 128), value);
        double toLow = Math.Abs(value - low), toHigh = Math.Abs(high - value);
        uint nearest = toLow < toHigh || (toLow == toHigh && below % 2 == 0) ? below : below + 1;
        return Widen((ushort)nearest);
    }
}
