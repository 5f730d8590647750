namespace Depth2Img.Compute.Checkpoints;

/// <summary>A tensor to be written whose values are made when their turn comes, so that no two need be in memory at a time.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">The element type to be written.</param>
/// <param name="Dimensions">The sizes, outermost first.</param>
/// <param name="Write">Writes exactly the elements, row-major, little-endian.</param>
public sealed record SafetensorsItem(string Name, ElementType Type, IReadOnlyList<int> Dimensions, Action<Stream> Write)
{
    /// <summary>How many bytes the elements take.</summary>
    public long Bytes => Dimensions.Aggregate((long)Type.SizeInBytes(), (bytes, d) => checked(bytes * d));

    /// <summary>A tensor that is at hand.</summary>
    public static SafetensorsItem Of(WeightTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new SafetensorsItem(tensor.Name, tensor.Type, tensor.Dimensions.ToArray(), stream => stream.Write(tensor.Data.Span));
    }
}
