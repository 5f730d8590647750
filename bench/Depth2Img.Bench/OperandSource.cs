using System.Runtime.InteropServices;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Bench;

/// <summary>Reproducible operands of the sizes that networks have.</summary>
internal sealed class OperandSource
{
    private readonly System.Random _random = new(1);

    /// <summary>Weights in half precision, as checkpoints have them.</summary>
    public WeightTensor Weight(params int[] dimensions)
    {
        Half[] values = new Half[dimensions.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = (Half)((_random.NextSingle() - 0.5f) * 0.1f);
        return new WeightTensor("weight", ElementType.Float16, dimensions, MemoryMarshal.AsBytes<Half>(values).ToArray());
    }

    /// <summary>Activations.</summary>
    public Tensor Tensor(IOps ops, params int[] dimensions)
    {
        Shape shape = new(dimensions);
        float[] values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++) values[i] = _random.NextSingle() - 0.5f;
        return ops.Upload(values, shape);
    }
}
