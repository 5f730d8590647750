using System.Runtime.InteropServices;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models;

/// <summary>Checks of weights as they lie in a file.</summary>
internal static class WeightValues
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Whether no element is NaN or infinite: in every format that is an exponent of all ones.</summary>
    public static bool AreFinite(WeightTensor tensor) => tensor.Type switch
    {
        ElementType.Float16 => HalvesHaveNo(tensor.Data.Span, 0x7C00),
        ElementType.BFloat16 => HalvesHaveNo(tensor.Data.Span, 0x7F80),
        _ => AreFiniteAsFloats(tensor),
    };

    private static bool HalvesHaveNo(ReadOnlySpan<byte> bytes, ushort exponent)
    {
        // The data may start at an odd address: the processors that .NET runs on read unaligned values.
        bool found = false;
        foreach (ushort bits in MemoryMarshal.Cast<byte, ushort>(bytes)) found |= (bits & exponent) == exponent;
        return !found;
    }

    private static bool AreFiniteAsFloats(WeightTensor tensor)
    {
        float[] block = new float[Math.Min(BlockLength, tensor.Count)];
        for (int start = 0; start < tensor.Count; start += BlockLength)
        {
            Span<float> part = block.AsSpan(0, Math.Min(BlockLength, tensor.Count - start));
            tensor.CopyTo(start, part);
            bool found = false;
            foreach (float value in part) found |= !float.IsFinite(value);
            if (found) return false;
        }
        return true;
    }
}
