using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>A bias in single precision, filled up with zeros so that whole panels can be read.</summary>
internal sealed unsafe class PaddedBias : IDisposable
{
    private readonly AlignedBuffer? _data;

    /// <summary>Copies a bias, or stands for none.</summary>
    /// <param name="bias">Its values, or null.</param>
    /// <param name="repeats">How often they are put down, one after the other.</param>
    /// <param name="capacity">Values to fill up to.</param>
    public PaddedBias(WeightTensor? bias, int repeats, int capacity)
    {
        if (bias is null) return;
        _data = new AlignedBuffer((long)capacity * sizeof(float));
        Span<float> values = new(_data.Data, capacity);
        for (int i = 0; i < repeats; i++) bias.CopyTo(0, values.Slice(i * bias.Count, bias.Count));
        values[(repeats * bias.Count)..].Clear();
    }

    /// <summary>The first value, or null where there is no bias.</summary>
    public float* Data => _data is null ? null : (float*)_data.Data;

    /// <inheritdoc/>
    public void Dispose() => _data?.Dispose();
}
