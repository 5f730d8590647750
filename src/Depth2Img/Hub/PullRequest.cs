namespace Depth2Img.Hub;

/// <summary>What to fetch.</summary>
public sealed record PullRequest
{
    /// <summary>The repository, at a revision or at its main branch.</summary>
    public required ModelReference Model { get; init; }

    /// <summary>Which weights. The plain ones are also what Python's from_pretrained takes when it is told nothing.</summary>
    public ModelPrecision Precision { get; init; }

    /// <summary>The files to fetch, by their paths in the repository; empty chooses those that the model needs.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether to fetch files again that are there.</summary>
    public bool Force { get; init; }
}
