namespace Depth2Img.Benchmarking.Reports;

/// <summary>The summary of docs/performance.md: what is promised for each kind of processor, and what the committed runs reached.</summary>
public static class SummaryWriter
{
    /// <summary>The part of the document that this writes.</summary>
    public static MarkdownSection Section { get; } = new("what was reached");

    /// <summary>Makes the summary.</summary>
    /// <param name="reports">All runs, in any order.</param>
    /// <returns>Markdown, ending with a line's end.</returns>
    public static string Write(IEnumerable<BenchReport> reports)
    {
        ILookup<string, BenchReport> byTier = reports.ToLookup(report => report.Machine.Tier);
        Column[] columns = [.. Promise.Columns.SelectMany((column, aim) => Columns(column.Heading, aim, byTier[column.Tier]))];
        ReportTable table = new(["reached (aim)", .. columns.Select(c => c.Heading)]);
        foreach (Promise promise in Promise.All)
            table.Add([promise.Name, .. columns.Select(column => Cell(promise, promise.Figure(column.Set), promise.Aims[column.Aim]))]);

        using StringWriter text = new() { NewLine = "\n" };
        table.WriteMarkdown(text);
        text.WriteLine();
        text.WriteLine("Figures that miss their aim are bold. They are from these runs:");
        text.WriteLine();
        foreach (string source in columns.SelectMany(c => c.Set.Sources)) text.WriteLine($"- {source}");
        return text.ToString();
    }

    /// <summary>A tier's columns: one, or one for each kind of processor, whose figures say nothing of each other.</summary>
    private static IEnumerable<Column> Columns(string heading, int aim, IEnumerable<BenchReport> reports)
    {
        IGrouping<string, BenchReport>[] processors = [.. reports.GroupBy(report => report.Machine.Processor).OrderBy(group => group.Key, StringComparer.Ordinal)];
        return processors.Length < 2
            ? [new Column(heading, aim, new ReportSet(reports))]
            : processors.Select(group => new Column($"{heading}, {group.Key}", aim, new ReportSet(group)));
    }

    private static string Cell(Promise promise, double? figure, double aim) => figure is not double reached
        ? $"not measured ({promise.Format(aim)})"
        : promise.IsKept(reached, aim) ? $"{promise.Format(reached)} ({promise.Format(aim)})" : $"**{promise.Format(reached)}** ({promise.Format(aim)})";

    /// <summary>A column.</summary>
    /// <param name="Heading">What it is about.</param>
    /// <param name="Aim">Which of a promise's aims is for it.</param>
    /// <param name="Set">What was measured.</param>
    private sealed record Column(string Heading, int Aim, ReportSet Set);
}
