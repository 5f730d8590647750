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
        (ReportSet Set, string Heading)[] columns = [.. Promise.Columns.Select(c => (new ReportSet(byTier[c.Tier]), c.Heading))];
        ReportTable table = new(["reached (aim)", .. columns.Select(c => c.Heading)]);
        foreach (Promise promise in Promise.All)
            table.Add([promise.Name, .. columns.Select((column, i) => Cell(promise, promise.Figure(column.Set), promise.Aims[i]))]);

        using StringWriter text = new() { NewLine = "\n" };
        table.WriteMarkdown(text);
        text.WriteLine();
        text.WriteLine("Figures that miss their aim are bold. They are from these runs:");
        text.WriteLine();
        foreach (string source in columns.SelectMany(c => c.Set.Sources)) text.WriteLine($"- {source}");
        return text.ToString();
    }

    private static string Cell(Promise promise, double? figure, double aim) => figure is not double reached
        ? $"not measured ({promise.Format(aim)})"
        : promise.IsKept(reached, aim) ? $"{promise.Format(reached)} ({promise.Format(aim)})" : $"**{promise.Format(reached)}** ({promise.Format(aim)})";
}
