namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>A value that checkpoints hold beside their weights and nobody needs: numpy's numbers, sets, bytes.</summary>
internal sealed class PickleInert
{
    private PickleInert() { }

    /// <summary>Stands for all such values.</summary>
    public static PickleInert Value { get; } = new();

    /// <summary>Stands for all bytes, which are told apart because they may be a dictionary's keys.</summary>
    public static PickleInert Bytes { get; } = new();
}
