using System.Runtime.InteropServices;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Checkpoints.Conversion;

/// <summary>A network's tensors in another precision, made piece by piece while they are written.</summary>
/// <param name="source">The tensors.</param>
/// <param name="precision">Float32, Float16 or BFloat16; null keeps each tensor's own type.</param>
/// <param name="cancellationToken">Looked at between pieces.</param>
internal sealed class WeightConversion(IWeightSource source, ElementType? precision, CancellationToken cancellationToken)
{
    /// <summary>Elements of a piece: small beside any network, and enough to keep a disk busy.</summary>
    private const int PieceLength = 1 << 18;

    private readonly float[] _values = new float[PieceLength];
    private readonly byte[] _bytes = new byte[2 * PieceLength];

    /// <summary>What is to be written.</summary>
    public IReadOnlyList<SafetensorsItem> Items => [.. source.Names.Select(Item)];

    private SafetensorsItem Item(string name)
    {
        WeightTensor tensor = source[name];
        // Integers are indices and counters, of no precision.
        ElementType type = precision is { } asked && tensor.Type.IsFloat() ? asked : tensor.Type;
        return new SafetensorsItem(name, type, tensor.Dimensions.ToArray(), stream => Write(source[name], type, stream));
    }

    private void Write(WeightTensor tensor, ElementType type, Stream stream)
    {
        int size = tensor.Type.SizeInBytes();
        for (int start = 0; start < tensor.Count; start += PieceLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(PieceLength, tensor.Count - start);
            if (type == tensor.Type)
            {
                stream.Write(tensor.Data.Span.Slice(start * size, count * size));
                continue;
            }
            Span<float> values = _values.AsSpan(0, count);
            tensor.CopyTo(start, values);
            stream.Write(type == ElementType.Float32 ? MemoryMarshal.AsBytes(values) : Narrow(tensor, values, type));
        }
    }

    private ReadOnlySpan<byte> Narrow(WeightTensor tensor, ReadOnlySpan<float> values, ElementType type)
    {
        Span<byte> bytes = _bytes.AsSpan(0, 2 * values.Length);
        bool isHalf = type == ElementType.Float16;
        if (isHalf) HalfConversion.NarrowFloat16(values, bytes);
        else HalfConversion.NarrowBFloat16(values, bytes);
        ushort exponent = isHalf ? (ushort)0x7C00 : (ushort)0x7F80;
        ReadOnlySpan<ushort> narrow = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (int i = 0; i < narrow.Length; i++)
        {
            if ((narrow[i] & exponent) == exponent && float.IsFinite(values[i]))
                throw new Depth2ImgException($"'{tensor.Name}' in '{source.Description}' holds the value {values[i]:g6}, which {type} cannot; choose {(isHalf ? "bfloat16 or float32" : "float32")}.");
        }
        return bytes;
    }
}
