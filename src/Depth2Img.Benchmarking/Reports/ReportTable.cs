using System.Globalization;

namespace Depth2Img.Benchmarking.Reports;

/// <summary>Columns of text, for a console or for a Markdown file.</summary>
/// <param name="headers">The first one is of the rows' names, which stand on the left; all others stand on the right.</param>
internal sealed class ReportTable(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Adds a row of as many cells as there are headers.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != headers.Length) throw new ArgumentException($"A row has {headers.Length} cells, not {cells.Length}.", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>A Markdown table.</summary>
    public void WriteMarkdown(TextWriter output)
    {
        output.WriteLine(MarkdownLine(headers));
        output.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", headers.Length - 1))}");
        foreach (string[] row in _rows) output.WriteLine(MarkdownLine(row));
    }

    /// <summary>Columns as wide as their widest cell.</summary>
    public void WriteText(TextWriter output)
    {
        int[] widths = [.. headers.Select((header, i) => _rows.Select(row => row[i].Length).Append(header.Length).Max())];
        foreach (string[] row in _rows.Prepend(headers))
            output.WriteLine("  " + string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    /// <summary>A number with three significant digits or so.</summary>
    public static string Number(double value) => value switch
    {
        >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };

    /// <summary>Seconds, or milliseconds where they are few.</summary>
    public static string Time(double seconds) => seconds >= 1 ? $"{Number(seconds)} s" : $"{Number(seconds * 1e3)} ms";

    /// <summary>A fraction in percent.</summary>
    public static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{fraction * 100:F0} %");

    /// <summary>How many rounds a figure has.</summary>
    public static string Rounds(int rounds, int dropped, bool tooNoisy) =>
        tooNoisy ? $"too noisy: {dropped} of {rounds} disturbed" : dropped == 0 ? $"{rounds}" : $"{rounds}, {dropped} dropped";

    private static string MarkdownLine(string[] cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
