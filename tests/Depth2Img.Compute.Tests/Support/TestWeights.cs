using System.Runtime.InteropServices;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Tests.Support;

/// <summary>Reproducible weights of every element type that checkpoints have.</summary>
internal static class TestWeights
{
    /// <summary>Uniform in -scale .. scale, rounded to the type.</summary>
    public static WeightTensor Random(ElementType type, int seed, float scale, params int[] dimensions)
    {
        float[] values = TestValues.Random(dimensions.Aggregate(1, (a, b) => a * b), seed, scale);
        byte[] bytes = type switch
        {
            ElementType.Float32 => MemoryMarshal.AsBytes<float>(values).ToArray(),
            ElementType.Float16 => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, v => (Half)v)).ToArray(),
            ElementType.BFloat16 => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))).ToArray(),
            ElementType.Float64 => MemoryMarshal.AsBytes<double>(Array.ConvertAll(values, v => (double)v)).ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        return new WeightTensor("weight", type, dimensions, bytes);
    }

    /// <summary>The squares of a tensor's values.</summary>
    public static WeightTensor Squared(WeightTensor weight) =>
        WeightTensor.FromFloats(weight.Name, weight.Dimensions, Squared(weight.ToFloats()));

    /// <summary>The squares of values.</summary>
    public static float[] Squared(float[] values) => Array.ConvertAll(values, v => v * v);
}
