using System.Globalization;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking.Reports;

/// <summary>Shows a report to people: on a console, or as the tables of docs/performance.md.</summary>
public static class ReportWriter
{
    /// <summary>Writes a report as plain text.</summary>
    public static void WriteText(BenchReport report, TextWriter output) => Write(report, output, markdown: false);

    /// <summary>Writes a report as Markdown.</summary>
    public static void WriteMarkdown(BenchReport report, TextWriter output) => Write(report, output, markdown: true);

    /// <summary>Writes several reports as Markdown, one after the other; what they measured at several sizes between them follows.</summary>
    public static void WriteMarkdown(IReadOnlyList<BenchReport> reports, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(output);
        for (int i = 0; i < reports.Count; i++)
        {
            if (i > 0) output.WriteLine();
            WriteMarkdown(reports[i], output);
        }
        if (reports.Count > 1) Section("Growth with the picture's side, over all runs", GrowthTable.Of(reports.SelectMany(report => report.Networks)), output, markdown: true);
    }

    private static void Write(BenchReport report, TextWriter output, bool markdown)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        MachineFigures machine = report.Machine;
        string bullet = markdown ? "- " : "";
        output.WriteLine($"{bullet}{machine.Processor}; {machine.System}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{bullet}tier {machine.Tier}, {machine.Threads} threads, clock {machine.ClockGigahertz:F2} GHz, last cache {machine.LastLevelCacheBytes >> 20} MiB, reads {machine.ReadGigabytesPerSecond:F1} GB/s"));
        foreach (PeakFigure peak in machine.Peaks)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{bullet}peak {peak.Type}: {peak.Gmacs:F1} GMAC/s, {peak.FractionOfUnits:P0} of {peak.Units} a cycle and thread"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bullet}{report.Date:yyyy-MM-dd HH:mm} UTC, commit {report.Commit ?? "unknown"}: {(markdown ? $"`{report.Command}`" : report.Command)}"));
        foreach (string note in report.Notes) output.WriteLine(bullet + note);

        Section("Kernels", Kernels(report), output, markdown);
        Section("Networks", Networks(report), output, markdown);
        Section("Against ONNX Runtime", Peers(report), output, markdown);
        Section("All threads against one", Threads(report), output, markdown);
        Section("Growth with the picture's side", GrowthTable.Of(report.Networks), output, markdown);
        Section("Where the time of a pass goes", Breakdown(report), output, markdown);
    }

    private static void Section(string title, ReportTable table, TextWriter output, bool markdown)
    {
        if (table.IsEmpty) return;
        output.WriteLine();
        output.WriteLine(markdown ? $"### {title}" : title);
        if (markdown)
        {
            output.WriteLine();
            table.WriteMarkdown(output);
        }
        else
        {
            table.WriteText(output);
        }
    }

    private static ReportTable Kernels(BenchReport report)
    {
        ReportTable table = new("kernel", "time", "GMAC/s", "peak", "of peak, effective", "of peak, real", "weights", "rounds");
        foreach (KernelFigures kernel in report.Kernels)
        {
            string bound = kernel.Bound is double gmacs && gmacs < kernel.Timing.PeakGmacs ? $" ({ReportTable.Percent(kernel.EffectiveGmacs / gmacs)} of memory's bound)" : "";
            table.Add(
                $"{kernel.Group} {kernel.Name}",
                ReportTable.Time(kernel.Timing.Seconds),
                ReportTable.Number(kernel.EffectiveGmacs),
                // In its own rounds: a peak far below the others' tells that the threads shared a core.
                ReportTable.Number(kernel.Timing.PeakGmacs),
                ReportTable.Percent(kernel.EffectiveFraction) + bound,
                ReportTable.Percent(kernel.RealFraction),
                kernel.Group == "attention" ? "none" : kernel.Warm ? "warm" : "cold",
                Rounds(kernel.Timing));
        }
        return table;
    }

    private static ReportTable Networks(BenchReport report)
    {
        ReportTable table = new("network", "time", "GMAC", "GMAC/s", "of peak, effective", "of peak, real", "GB/s", "memory", "rounds");
        foreach (NetworkFigures network in report.Networks)
        {
            table.Add(
                $"{network.Model}: {network.Name}{(network.Tier is string tier && tier != report.Machine.Tier ? $" ({tier})" : "")}",
                ReportTable.Time(network.Timing.Seconds),
                ReportTable.Number(network.Gmac),
                ReportTable.Number(network.EffectiveGmacs),
                ReportTable.Percent(network.Gmac / network.Timing.GmacsAtPeak),
                ReportTable.Percent(network.RealFraction),
                ReportTable.Number(network.GigabytesPerSecond),
                $"{ReportTable.Number(network.MemoryBytes / 1e6)} MB",
                Rounds(network.Timing));
        }
        return table;
    }

    private static ReportTable Peers(BenchReport report)
    {
        ReportTable table = new("network", "ours", "ONNX Runtime", "we are faster", "largest difference / standard deviation", "rounds");
        foreach (NetworkFigures network in report.Networks)
        {
            if (network.Timing is not { PeerSeconds: double peer, PeerRatio: double ratio }) continue;
            double difference = network.Agreement ?? double.NaN;
            table.Add(
                network.Name,
                ReportTable.Time(network.Timing.Seconds),
                ReportTable.Time(peer),
                $"{ReportTable.Number(ratio)}x",
                difference.ToString("G2", CultureInfo.InvariantCulture) + (difference <= NetworkFigures.AgreementLimit ? "" : " (they disagree)"),
                Rounds(network.Timing));
        }
        return table;
    }

    private static ReportTable Threads(BenchReport report)
    {
        ReportTable table = new("work", "one thread", "all threads", "gain", "the peak's gain", "part of the peak's gain", "rounds");
        foreach (ThreadFigures figure in report.Threads)
        {
            table.Add(
                figure.Name,
                ReportTable.Time(figure.OneSeconds),
                ReportTable.Time(figure.AllSeconds),
                $"{ReportTable.Number(figure.Gain)}x",
                $"{ReportTable.Number(figure.PeakGain)}x",
                ReportTable.Number(figure.Efficiency),
                ReportTable.Rounds(figure.Rounds, figure.Dropped, figure.TooNoisy));
        }
        return table;
    }

    private static ReportTable Breakdown(BenchReport report)
    {
        OpKind[] kinds = [.. report.Networks.SelectMany(network => network.Ops).Select(op => op.Kind).Distinct().Order()];
        ReportTable table = new(["network", .. kinds.Select(Name)]);
        foreach (NetworkFigures network in report.Networks)
        {
            table.Add([
                $"{network.Model}: {network.Name}",
                .. kinds.Select(kind => network.Ops.FirstOrDefault(op => op.Kind == kind) is { } op
                    ? $"{ReportTable.Percent(op.Share)}{(op.Gmac > 0 ? $" ({ReportTable.Number(op.Gmac / op.Seconds)} GMAC/s)" : "")}"
                    : "-"),
            ]);
        }
        return table;
    }

    private static string Rounds(RoundResult timing) => ReportTable.Rounds(timing.Rounds, timing.Dropped, timing.TooNoisy);

    private static string Name(OpKind kind) => kind switch
    {
        OpKind.Conv3x3 => "conv 3x3",
        OpKind.ConvOther => "conv other",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
