using System.Globalization;

namespace Depth2Img.Benchmarking.Reports;

/// <summary>What the options that save work gain and cost.</summary>
public sealed record OptionReport
{
    /// <summary>The part of docs/performance.md that <see cref="WriteMarkdown"/> makes.</summary>
    public static MarkdownSection Section { get; } = new("options that save work");

    /// <summary>When the run began, UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The command line that repeats the run.</summary>
    public required string Command { get; init; }

    /// <summary>The commit of the program, if it was built in a checkout.</summary>
    public string? Commit { get; init; }

    /// <summary>The machine.</summary>
    public required MachineFigures Machine { get; init; }

    /// <summary>How many evaluations of the UNet the run has that options are compared on.</summary>
    public required int Evaluations { get; init; }

    /// <summary>How many seeds the qualities are means of.</summary>
    public required int Seeds { get; init; }

    /// <summary>What a run is a sum of.</summary>
    public required IReadOnlyList<PartCost> Parts { get; init; }

    /// <summary>The options.</summary>
    public required IReadOnlyList<OptionFigures> Options { get; init; }

    /// <summary>The table, and where it is from; ends with a line's end.</summary>
    public string WriteMarkdown()
    {
        ReportTable table = new("option", "speed-up", "PSNR, dB");
        foreach (OptionFigures option in Options)
            table.Add(option.Name, $"{ReportTable.Number(option.SpeedUp)}x", option.Psnr.ToString("F1", CultureInfo.InvariantCulture));
        using StringWriter text = new() { NewLine = "\n" };
        table.WriteMarkdown(text);
        text.WriteLine();
        string parts = string.Join(", ", Parts.Select(part => FormattableString.Invariant($"{part.Name} {part.OfWholeStep:F2}{(part.TooNoisy ? " (too noisy)" : "")}")));
        text.WriteLine($"Of a whole guided evaluation's time take: {parts}; the median of {Parts.Min(part => part.Rounds)} rounds or more.");
        text.WriteLine(FormattableString.Invariant($"PSNR is the mean of {Seeds} seeds. {Date:yyyy-MM-dd HH:mm} UTC, {Machine.Processor}, {Machine.Tier}, {Machine.Threads} threads: `{Command}`"));
        return text.ToString();
    }
}

/// <summary>An option, or several together.</summary>
/// <param name="Name">As on the command line, in Markdown.</param>
/// <param name="SpeedUp">How many times as fast a full-size picture is.</param>
/// <param name="Psnr">The peak signal-to-noise ratio to the full run's pictures of the same seeds, the mean in dB.</param>
public sealed record OptionFigures(string Name, double SpeedUp, double Psnr)
{
    /// <summary>An option that gains less is not worth having.</summary>
    public const double LeastSpeedUp = 1.15;
}

/// <summary>A part of a run.</summary>
/// <param name="Name">What it does.</param>
/// <param name="OfWholeStep">Its time through that of a whole guided evaluation of the UNet just before and after, median.</param>
/// <param name="Rounds">Of how many rounds.</param>
/// <param name="Dropped">How many more were disturbed.</param>
/// <param name="TooNoisy">Whether too few rounds were left.</param>
public sealed record PartCost(string Name, double OfWholeStep, int Rounds, int Dropped, bool TooNoisy);
