namespace Depth2Img.Checkpoints;

/// <summary>A model on this machine.</summary>
/// <param name="Name">What to call it on the command line.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Bytes">The sizes of its files.</param>
public sealed record InstalledModel(string Name, ModelKind Kind, string Path, long Bytes)
{
    /// <summary>Whether it has a part in depth-to-image: by a depth channel, as a depth network, or as a ControlNet for depth.</summary>
    public bool CanDoDepth => Kind is ModelKind.DepthToImage or ModelKind.DepthNetwork or ModelKind.DepthControlNet;

    /// <summary>The branches or tags that it is of, of a model from the hub; null for others.</summary>
    public IReadOnlyList<string>? Revisions { get; init; }

    /// <summary>Its commit, 40 hex digits, of a model from the hub; null for others.</summary>
    public string? Commit { get; init; }

    /// <summary>The files that it should have and has not.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}
