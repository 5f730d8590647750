using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public unsafe class WideningTests
{
    private const int Values = 1 << 16;

    [Fact]
    public void Every_half_is_widened_exactly() => Check(Widening.Float16, bits => (float)BitConverter.UInt16BitsToHalf(bits));

    [Fact]
    public void Every_bfloat16_is_widened_exactly() => Check(Widening.BFloat16, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));

    private delegate void Widen(ushort* source, float* target, int count);

    private static void Check(Widen widen, Func<ushort, float> expected)
    {
        using AlignedBuffer source = new(Values * sizeof(ushort)), target = new(Values * sizeof(float));
        for (int i = 0; i < Values; i++) ((ushort*)source.Data)[i] = (ushort)i;
        widen((ushort*)source.Data, (float*)target.Data, Values);
        float[] all = [.. Enumerable.Range(0, Values).Select(i => expected((ushort)i))];
        Close.AssertSameBits(all, new ReadOnlySpan<float>(target.Data, Values));
    }
}
