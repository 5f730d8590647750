namespace Depth2Img.Benchmarking.Reports;

/// <summary>What several runs of one tier on one kind of processor measured; where two measured the same, the later run counts.</summary>
/// <param name="reports">The runs.</param>
internal sealed class ReportSet(IEnumerable<BenchReport> reports)
{
    private readonly BenchReport[] _reports = [.. reports.OrderByDescending(report => report.Date)];

    /// <summary>Single kernels.</summary>
    public IEnumerable<KernelFigures> Kernels => _reports.SelectMany(r => r.Kernels).DistinctBy(k => (k.Group, k.Name));

    /// <summary>Networks; those held against ONNX Runtime come first.</summary>
    public IEnumerable<NetworkFigures> Networks => _reports.SelectMany(r => r.Networks).OrderBy(n => n.Timing.PeerRatio is null).DistinctBy(n => (n.Model, n.Name));

    /// <summary>Networks that were measured alone: those of several sides of a picture are compared with each other, not with another run's.</summary>
    public IEnumerable<NetworkFigures> Alone => _reports.SelectMany(r => r.Networks).Where(n => n.Timing.PeerRatio is null).DistinctBy(n => (n.Model, n.Name));

    /// <summary>Threads against one.</summary>
    public IEnumerable<ThreadFigures> Threads => _reports.SelectMany(r => r.Threads).DistinctBy(t => t.Name);

    /// <summary>Where the figures are from: a line for each run.</summary>
    public IEnumerable<string> Sources => _reports.Select(r =>
    {
        int[] rounds = [.. r.Kernels.Select(k => k.Timing.Rounds), .. r.Networks.Select(n => n.Timing.Rounds), .. r.Threads.Select(t => t.Rounds)];
        string least = rounds.Length == 0 ? "nothing" : rounds.Min() == rounds.Max() ? (rounds.Min() == 1 ? "1 round" : $"{rounds.Min()} rounds") : $"{rounds.Min()} to {rounds.Max()} rounds";
        int noisy = r.Kernels.Count(k => k.Timing.TooNoisy) + r.Networks.Count(n => n.Timing.TooNoisy) + r.Threads.Count(t => t.TooNoisy);
        return FormattableString.Invariant($"{r.Machine.Tier}: {r.Date:yyyy-MM-dd HH:mm} UTC, {r.Machine.Processor}, {r.Machine.Threads} threads, commit {Short(r.Commit)}, {least}{(noisy > 0 ? $", {noisy} figures too noisy" : "")}: `{r.Command}`");
    });

    private static string Short(string? commit) => commit is null ? "unknown" : commit[..Math.Min(9, commit.Length)];
}
