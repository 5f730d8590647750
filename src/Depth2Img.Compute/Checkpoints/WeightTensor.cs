using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// One named tensor of a checkpoint as it lies in the file: row-major, little-endian, outermost dimension first, of
/// any rank that the file has. The bytes may be memory-mapped; they are valid as long as their source is open.
/// </summary>
public sealed class WeightTensor
{
    private readonly int[] _dimensions;

    /// <summary>Wraps bytes.</summary>
    /// <param name="name">The checkpoint's key.</param>
    /// <param name="type">The element type.</param>
    /// <param name="dimensions">The sizes, outermost first; empty for a scalar.</param>
    /// <param name="data">Exactly as many bytes as type and sizes need, little-endian.</param>
    /// <exception cref="ArgumentException">The byte count does not fit type and sizes.</exception>
    public WeightTensor(string name, ElementType type, ReadOnlySpan<int> dimensions, ReadOnlyMemory<byte> data)
    {
        Name = name;
        Type = type;
        _dimensions = dimensions.ToArray();
        Data = data;
        long count = 1;
        foreach (int d in _dimensions) count = checked(count * d);
        if (data.Length != count * type.SizeInBytes())
            throw new ArgumentException($"'{name}' {DimensionsText} of {type} takes {count * type.SizeInBytes()} bytes, not {data.Length}.", nameof(data));
        Count = (int)count;
    }

    /// <summary>Copies float values into a tensor of its own.</summary>
    public static WeightTensor FromFloats(string name, ReadOnlySpan<int> dimensions, ReadOnlySpan<float> values) =>
        new(name, ElementType.Float32, dimensions, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The checkpoint's key.</summary>
    public string Name { get; }

    /// <summary>The element type in the file.</summary>
    public ElementType Type { get; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<int> Dimensions => _dimensions;

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    /// <summary>The elements' bytes, little-endian. Not necessarily aligned.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The sizes in brackets, as in "[320,5,3,3]".</summary>
    public string DimensionsText => "[" + string.Join(',', _dimensions) + "]";

    /// <summary>The same elements seen with other sizes.</summary>
    /// <exception cref="ArgumentException">The sizes do not multiply to the same count.</exception>
    public WeightTensor Reshape(params ReadOnlySpan<int> dimensions) => new(Name, Type, dimensions, Data);

    /// <summary>Converts elements to single precision.</summary>
    /// <param name="start">The first element to convert, in row-major order.</param>
    /// <param name="destination">Takes as many elements as it is long.</param>
    /// <exception cref="Depth2ImgException">The tensor holds integers that are no weights (64-bit, for instance).</exception>
    public void CopyTo(int start, Span<float> destination)
    {
        ReadOnlySpan<byte> bytes = Data.Span.Slice(start * Type.SizeInBytes(), destination.Length * Type.SizeInBytes());
        switch (Type)
        {
            case ElementType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case ElementType.Float16:
                HalfConversion.WidenFloat16(bytes, destination);
                break;
            case ElementType.BFloat16:
                HalfConversion.WidenBFloat16(bytes, destination);
                break;
            case ElementType.Float64:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = (float)BitConverter.ToDouble(bytes[(8 * i)..]);
                break;
            case ElementType.UInt8:
                for (int i = 0; i < destination.Length; i++) destination[i] = bytes[i];
                break;
            case ElementType.Int32:
                for (int i = 0; i < destination.Length; i++) destination[i] = BitConverter.ToInt32(bytes[(4 * i)..]);
                break;
            case ElementType.Int64:
                for (int i = 0; i < destination.Length; i++) destination[i] = BitConverter.ToInt64(bytes[(8 * i)..]);
                break;
            default:
                throw new Depth2ImgException($"Tensor '{Name}' holds {Type}; weights are Float32, Float16, BFloat16 or Float64.");
        }
    }

    /// <summary>All elements in single precision, in a new array.</summary>
    public float[] ToFloats()
    {
        float[] values = new float[Count];
        CopyTo(0, values);
        return values;
    }
}
