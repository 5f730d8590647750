using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.V1;

/// <summary>A job as API v1 shows it.</summary>
internal sealed record JobView
{
    /// <summary>The job's name.</summary>
    public required string Id { get; init; }

    /// <summary>"queued", "running", "done", "failed" or "cancelled".</summary>
    public required JobState State { get; init; }

    public required DateTimeOffset Created { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Finished { get; init; }

    /// <summary>The place in the queue, from 1.</summary>
    public int? Position { get; init; }

    /// <summary>How far it is.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What was asked for.</summary>
    public required GenerationParameters Request { get; init; }

    /// <summary>What it came to.</summary>
    public JobResultView? Result { get; init; }

    /// <summary>Where its parts are.</summary>
    public required JobLinks Links { get; init; }

    /// <summary>Shows a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="jobs">Knows its place and progress.</param>
    /// <param name="root">What paths begin with, behind a proxy.</param>
    public static JobView Of(JobRecord job, JobService jobs, string root)
    {
        string self = $"{root}/api/v1/jobs/{job.Id}";
        JobResult? result = job.Result is null ? null : ServerJson.Read<JobResult>(job.Result);
        return new JobView
        {
            Id = job.Id,
            State = job.State,
            Created = job.Created,
            Started = job.Started,
            Finished = job.Finished,
            Position = job.State == JobState.Queued ? jobs.PositionOf(job.Id) : null,
            Progress = job.State == JobState.Running ? jobs.FindLive(job.Id)?.Progress : null,
            Error = job.Error,
            Request = ServerJson.Read<GenerationParameters>(job.Parameters),
            Result = result is null ? null : new JobResultView(
                [.. result.Images.Select(file => FileView.Of(file, self))], FileView.Of(result.Depth, self), result.Settings, result.Warnings, result.Seconds),
            Links = new JobLinks(self, $"{self}/events", $"{self}/inputs/{GenerationInputs.ImageName}"),
        };
    }
}

/// <summary>Where a job's parts are.</summary>
internal sealed record JobLinks(string Self, string Events, string Image);

/// <summary>What a job came to.</summary>
internal sealed record JobResultView(IReadOnlyList<FileView> Images, FileView Depth, Pipelines.GenerationSettings Settings, IReadOnlyList<string> Warnings, double Seconds);

/// <summary>A file to fetch.</summary>
internal sealed record FileView(string Url, string ContentType, int Width, int Height)
{
    public static FileView Of(ResultFile file, string job) => new($"{job}/files/{file.Name}", file.ContentType, file.Width, file.Height);
}
