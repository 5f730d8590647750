using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Queue;

/// <summary>A job that is with the broker, or about to be.</summary>
/// <param name="Job">The job.</param>
/// <param name="Model">Whose queue it goes to.</param>
/// <param name="Progress">Is told of it.</param>
internal sealed record PendingJob(JobRecord Job, string Model, IJobObserver Progress)
{
    /// <summary>Ended by the first outcome that arrives.</summary>
    public TaskCompletionSource<RemoteOutcome> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The attempt whose news are passed on.</summary>
    public string? Attempt { get; set; }

    /// <summary>Whether it was said that a worker has begun it.</summary>
    public bool IsBegun { get; set; }
}
