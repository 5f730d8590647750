using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Tests.Support;

/// <summary>Native floats that begin at any multiple of four bytes, between margins that show whether a kernel wrote past its ends.</summary>
internal sealed unsafe class FloatBuffer : IDisposable
{
    private const int Margin = 64;
    private const float Untouched = -7.25e30f;

    private readonly AlignedBuffer _memory;
    private readonly int _start;

    /// <summary>Takes memory and copies values in.</summary>
    /// <param name="values">The content.</param>
    /// <param name="misalignment">Floats past a 64-byte boundary.</param>
    public FloatBuffer(ReadOnlySpan<float> values, int misalignment = 0)
    {
        _start = Margin + misalignment;
        Length = values.Length;
        _memory = new AlignedBuffer((long)(_start + Length + Margin) * sizeof(float));
        All.Fill(Untouched);
        values.CopyTo(Values);
    }

    /// <summary>Takes memory for results, filled with NaN.</summary>
    public static FloatBuffer ForResult(int length, int misalignment = 0)
    {
        FloatBuffer buffer = new(new float[length], misalignment);
        buffer.Values.Fill(float.NaN);
        return buffer;
    }

    public int Length { get; }

    public float* Data => (float*)_memory.Data + _start;

    public Span<float> Values => new(Data, Length);

    private Span<float> All => new(_memory.Data, _start + Length + Margin);

    /// <summary>The values, once it is sure that nothing around them was written.</summary>
    public float[] Checked()
    {
        Assert.True(All[.._start].IndexOfAnyExcept(Untouched) < 0, "Something was written before the buffer.");
        Assert.True(All[(_start + Length)..].IndexOfAnyExcept(Untouched) < 0, "Something was written after the buffer.");
        return Values.ToArray();
    }

    public void Dispose() => _memory.Dispose();
}
