using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Queue;

/// <summary>What a worker tells of a result whose files are with the server already, as JSON.</summary>
/// <param name="Attempt">The attempt that made it: two workers may have made the same job's.</param>
/// <param name="Result">What is told of it.</param>
/// <param name="Files">The files' names.</param>
/// <param name="Shared">Whether they are in the shared folder.</param>
/// <param name="SecondsPerStep">What steps take with the job's model on the worker's machine; null if it is not known.</param>
internal sealed record ResultMessage(string Attempt, JobResult Result, IReadOnlyList<string> Files, bool Shared, double? SecondsPerStep)
{
    /// <summary>The header that names an attempt.</summary>
    public const string AttemptHeader = "depth2img-attempt";

    /// <summary>The header that names a file.</summary>
    public const string FileHeader = "depth2img-file";

    /// <summary>The header that says which of the job's pictures a preview is of.</summary>
    public const string PictureHeader = "depth2img-picture";

    /// <summary>The name of a file until the result is whole.</summary>
    public static string Staged(string attempt, string file) => $"{attempt}-{file}";
}
