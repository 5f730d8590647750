using Depth2Img.Pipelines;

namespace Depth2Img.Server.Jobs;

/// <summary>What a job came to, as the data base keeps it; the files are beside it.</summary>
internal sealed record JobResult
{
    /// <summary>The pictures, in order.</summary>
    public required IReadOnlyList<ResultFile> Images { get; init; }

    /// <summary>The depth map in use, at the picture's size, 16 bits, white nearest.</summary>
    public required ResultFile Depth { get; init; }

    /// <summary>What was used.</summary>
    public required GenerationSettings Settings { get; init; }

    /// <summary>Whole sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long it ran.</summary>
    public required double Seconds { get; init; }
}

/// <summary>A file of a result.</summary>
/// <param name="Name">Its name within the job.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal sealed record ResultFile(string Name, string ContentType, int Width, int Height);

/// <summary>A result with the files' contents, before they are kept.</summary>
/// <param name="Result">What is told of it.</param>
/// <param name="Files">The contents by name.</param>
internal sealed record JobOutput(JobResult Result, IReadOnlyDictionary<string, byte[]> Files);
