using Depth2Img.Composition;

namespace Depth2Img.Server.Jobs;

/// <summary>What a comparison needs beside a generation, by the names of <see cref="CompositionComparisonRequest"/>.</summary>
internal sealed record ComparisonParameters
{
    /// <summary>The strengths; null for the library's own.</summary>
    public IReadOnlyList<double>? Strengths { get; init; }

    /// <summary>Who measures depth; null for one that the pictures do not follow.</summary>
    public string? ScoreDepthModel { get; init; }
}
