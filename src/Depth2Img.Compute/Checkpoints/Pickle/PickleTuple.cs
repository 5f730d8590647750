namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>A Python tuple.</summary>
/// <param name="items">Its values; not copied.</param>
internal sealed class PickleTuple(object?[] items)
{
    public static PickleTuple Empty { get; } = new([]);

    public ReadOnlySpan<object?> Items => items;
}
