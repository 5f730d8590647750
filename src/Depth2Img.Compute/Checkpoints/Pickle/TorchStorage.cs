namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>A run of elements in a torch file, which one tensor or several lie in.</summary>
/// <param name="key">The name by which the pickle refers to it.</param>
/// <param name="type">The element type.</param>
/// <param name="count">How many elements there are, as the pickle says.</param>
internal sealed class TorchStorage(string key, ElementType type, long count)
{
    public string Key { get; } = key;

    public ElementType Type { get; } = type;

    public long Count { get; } = count;

    /// <summary>Its length in bytes.</summary>
    public long Bytes => Count * Type.SizeInBytes();

    /// <summary>Where in the file its first element lies; known once the pickle has been read.</summary>
    public long Start { get; set; }
}
