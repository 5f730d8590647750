using Depth2Img.Server.Engine;
using Depth2Img.Server.Events;

namespace Depth2Img.Server.Jobs;

/// <summary>A job while this process knows more of it than the data base: its events, its progress and how to end it.</summary>
internal sealed class LiveJob : IJobObserver, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private volatile bool _endsAfterPicture;

    /// <summary>Makes the live side of a job.</summary>
    /// <param name="record">What the data base has.</param>
    public LiveJob(JobRecord record)
    {
        Record = record;
        // Greater than all numbers of an earlier process, so that a listener that comes back after a restart is told what follows.
        Events = new JobEvents(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000);
    }

    /// <summary>What the data base has, or soon will have. Replaced as a whole.</summary>
    public JobRecord Record { get; set; }

    /// <summary>What happened.</summary>
    public JobEvents Events { get; }

    /// <summary>How far it is; null before it runs.</summary>
    public JobProgress? Progress { get; private set; }

    /// <summary>The last picture in the making, a JPEG; null if there is none.</summary>
    public byte[]? LastPreview { get; set; }

    /// <summary>The place in the queue that listeners were last told.</summary>
    public int Position { get; set; }

    /// <summary>Becomes true when somebody takes the job back.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>Ended when the job is.</summary>
    public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public void Report(JobProgress progress)
    {
        Progress = progress;
        Events.Add(JobEventTypes.Step, ServerJson.Write(progress));
    }

    /// <inheritdoc/>
    public void Preview(int picture, byte[] jpeg)
    {
        LastPreview = jpeg;
        Events.Add(JobEventTypes.Preview, ServerJson.Write(new { picture, image = "data:image/jpeg;base64," + Convert.ToBase64String(jpeg) }));
    }

    /// <inheritdoc/>
    public bool EndsAfterPicture => _endsAfterPicture;

    /// <summary>Has the job end with the picture that is being made.</summary>
    public void EndAfterPicture() => _endsAfterPicture = true;

    /// <summary>Takes the job back.</summary>
    public void Cancel() => _cancellation.Cancel();

    public void Dispose() => _cancellation.Dispose();
}

/// <summary>How far a job is.</summary>
/// <param name="Stage">What it is at: "loading", "encoding", "depth", "denoising" or "decoding".</param>
/// <param name="Step">Evaluations of the UNet that are done, over all pictures.</param>
/// <param name="Steps">Evaluations in all; 0 before that is known.</param>
/// <param name="SecondsLeft">An estimate from the steps so far; null before there is one.</param>
internal sealed record JobProgress(string Stage, int Step, int Steps, double? SecondsLeft);
