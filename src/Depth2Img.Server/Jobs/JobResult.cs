using Depth2Img.Composition;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Jobs;

/// <summary>What a job came to, as the data base keeps it; the files are beside it.</summary>
internal sealed record JobResult
{
    /// <summary>The pictures, in order; of a comparison its figure, then the single pictures.</summary>
    public required IReadOnlyList<ResultFile> Images { get; init; }

    /// <summary>The depth map in use, at the picture's size, 16 bits, white nearest.</summary>
    public required ResultFile Depth { get; init; }

    /// <summary>What was used.</summary>
    public required GenerationSettings Settings { get; init; }

    /// <summary>A comparison's pictures with their scores; null for a generation.</summary>
    public IReadOnlyList<ComparedPicture>? Pictures { get; init; }

    /// <summary>Who measured a comparison's depth.</summary>
    public string? ScoreDepthModel { get; init; }

    /// <summary>A comparison's page with a slider, which needs no other file.</summary>
    public ResultFile? Page { get; init; }

    /// <summary>Whole sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long it ran.</summary>
    public required double Seconds { get; init; }

    /// <summary>The file of a name, thumbnails included; null if there is none.</summary>
    public ResultFile? Find(string name)
    {
        foreach (ResultFile file in Images.Append(Depth).Concat(Page is null ? [] : [Page]))
        {
            if (file.Name == name) return file;
            if (file.Thumbnail is not null && file.Thumbnail == name) return new ResultFile(name, "image/jpeg", 0, 0);
        }
        return null;
    }
}

/// <summary>A file of a result.</summary>
/// <param name="Name">Its name within the job.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Width">Columns; 0 for what is no picture.</param>
/// <param name="Height">Rows.</param>
internal sealed record ResultFile(string Name, string ContentType, int Width, int Height)
{
    /// <summary>The name of the small JPEG of it; null if there is none.</summary>
    public string? Thumbnail { get; init; }
}

/// <summary>One picture of a comparison.</summary>
/// <param name="Method">How it was made.</param>
/// <param name="Strength">Its strength.</param>
/// <param name="File">Its name within the job.</param>
/// <param name="DepthScore">How much of the picture's depth it has: a correlation, -1 to 1.</param>
/// <param name="EdgeScore">How many of the picture's edges: an F1, 0 to 1.</param>
internal sealed record ComparedPicture(ComparisonMethod Method, double Strength, string File, double DepthScore, double EdgeScore);

/// <summary>A result with the files' contents, before they are kept.</summary>
/// <param name="Result">What is told of it.</param>
/// <param name="Files">The contents by name.</param>
internal sealed record JobOutput(JobResult Result, IReadOnlyDictionary<string, byte[]> Files);
