using Depth2Img.Cli.Batch.Jobs;
using Depth2Img.Cli.Batch.Planning;

namespace Depth2Img.Cli.Batch.Running;

/// <summary>What became of a job.</summary>
internal enum JobState
{
    /// <summary>It was run, and its outputs are whole.</summary>
    Made,

    /// <summary>Its outputs were there, whole, and were not touched.</summary>
    Kept,

    /// <summary>It could not be run, or failed.</summary>
    Failed,

    /// <summary>The batch ended before its turn.</summary>
    NotRun,
}

/// <summary>What became of a job, and why.</summary>
/// <param name="Line">The line that it is of.</param>
/// <param name="Job">The job; null for a line that is none.</param>
/// <param name="State">What became of it.</param>
internal sealed record JobOutcome(JobLine Line, BatchJob? Job, JobState State)
{
    /// <summary>Which combination of the sweep's values it has; null where a whole line is refused.</summary>
    public SweepCell? Cell { get; init; } = Job?.Cell;

    /// <summary>Why it failed: a whole sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>What a person would want to know of it: whole sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long it took to run.</summary>
    public double Seconds { get; init; }

    /// <summary>What to call it in messages: its line, and its output where a line has several jobs.</summary>
    public string Where => Job is null ? Line.Where : $"{Line.Where} ({Path.GetFileName(Job.Outputs[0])})";

    /// <summary>A refused line or combination.</summary>
    public static JobOutcome Of(RefusedJob refused) => new(refused.Line, null, JobState.Failed) { Cell = refused.Cell, Reason = refused.Reason };

    /// <summary>A job that failed.</summary>
    public static JobOutcome Failed(BatchJob job, Exception exception) => new(job.Line, job, JobState.Failed) { Reason = Failure.Of(exception).Message };
}
