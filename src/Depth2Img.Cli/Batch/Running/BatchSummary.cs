namespace Depth2Img.Cli.Batch.Running;

/// <summary>What a batch came to.</summary>
/// <param name="Outcomes">Of each job, in the jobs' order.</param>
/// <param name="Sheets">The contact sheets' files.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record BatchSummary(IReadOnlyList<JobOutcome> Outcomes, IReadOnlyList<string> Sheets, double Seconds)
{
    /// <summary>How many jobs came to a state.</summary>
    public int Count(JobState state) => Outcomes.Count(outcome => outcome.State == state);

    /// <summary>"12 made, 3 kept, 1 failed".</summary>
    public string InWords() => string.Join(", ", Enum.GetValues<JobState>().Where(state => state is JobState.Made || Count(state) > 0).Select(state => $"{Count(state)} {Word(state)}"));

    /// <summary>The form for scripts, of the whole batch.</summary>
    /// <param name="folder">Names outputs.</param>
    public object ToReport(BatchFolder folder) => new
    {
        made = Count(JobState.Made),
        kept = Count(JobState.Kept),
        failed = Count(JobState.Failed),
        notRun = Count(JobState.NotRun),
        seconds = Math.Round(Seconds, 2),
        sheets = Sheets,
        jobs = Outcomes.Select(outcome => Describe(outcome, folder)),
    };

    /// <summary>The form for scripts, of one job.</summary>
    public static object Describe(JobOutcome outcome, BatchFolder folder) => new
    {
        line = outcome.Line.Number,
        image = outcome.Job?.Image,
        outputs = outcome.Job?.Outputs.Select(folder.NameOf),
        state = outcome.State,
        reason = outcome.Reason,
        warnings = outcome.Warnings.Count == 0 ? null : outcome.Warnings,
        seed = outcome.Job?.Seed,
        job = outcome.Job?.Identity,
        seconds = outcome.State == JobState.Made ? Math.Round(outcome.Seconds, 2) : (double?)null,
    };

    private static string Word(JobState state) => state switch
    {
        JobState.Made => "made",
        JobState.Kept => "kept",
        JobState.Failed => "failed",
        _ => "not run",
    };
}
