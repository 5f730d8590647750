using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>A vector in single precision.</summary>
internal sealed unsafe class CpuVectorWeight : VectorWeight
{
    private readonly AlignedBuffer _data;

    /// <summary>Copies a checkpoint's values.</summary>
    public CpuVectorWeight(WeightTensor values) : base(values.Count)
    {
        _data = new AlignedBuffer((long)Count * sizeof(float));
        values.CopyTo(0, new Span<float>(_data.Data, Count));
    }

    /// <summary>The first value.</summary>
    public float* Data => (float*)_data.Data;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _data.Dispose();
        base.Dispose(disposing);
    }
}
