using System.Text;

namespace Depth2Img.Cli.Batch.Jobs;

/// <summary>A record of comma-separated values.</summary>
/// <param name="Line">The line it begins at, from 1.</param>
/// <param name="Lines">How many lines it takes: more than one where a quoted cell has line breaks.</param>
/// <param name="Cells">Its cells without their quotes.</param>
/// <param name="Fault">Why it cannot be read; null if it can.</param>
internal sealed record CsvRecord(int Line, int Lines, IReadOnlyList<string> Cells, string? Fault = null);

/// <summary>
/// Reads comma-separated values as RFC 4180 has them. Lines may end in CR LF, LF or CR. After a record that breaks the
/// rules, reading goes on at the line after the one it begins at, so that a forgotten quote costs one line and not all that follow.
/// </summary>
internal static class CsvReader
{
    /// <summary>Reads all records; an empty line is a record of one empty cell.</summary>
    /// <param name="text">The text without a byte order mark.</param>
    /// <param name="separator">What is between cells.</param>
    public static IReadOnlyList<CsvRecord> Read(string text, char separator = ',')
    {
        List<CsvRecord> records = [];
        for (int at = 0, line = 1; at < text.Length;)
        {
            int start = at;
            List<string> cells = [];
            string? fault = ReadRecord(text, separator, ref at, cells);
            if (fault is not null)
            {
                at = start;
                SkipLine(text, ref at);
                cells = [];
            }
            int breaks = JobText.CountBreaks(text.AsSpan(start, at - start));
            bool ended = text[at - 1] is '\r' or '\n';
            records.Add(new CsvRecord(line, ended ? breaks : breaks + 1, cells, fault));
            line += breaks;
        }
        return records;
    }

    /// <summary>The separator of a header line: a comma, unless there is none and programs of other countries' (;) or a tab is.</summary>
    public static char SeparatorOf(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        string header = end < 0 ? text : text[..end];
        return header.Contains(',', StringComparison.Ordinal) ? ',' : header.Contains(';', StringComparison.Ordinal) ? ';' : header.Contains('\t', StringComparison.Ordinal) ? '\t' : ',';
    }

    private static string? ReadRecord(string text, char separator, ref int at, List<string> cells)
    {
        while (true)
        {
            StringBuilder cell = new();
            string? fault = at < text.Length && text[at] == '"' ? ReadQuoted(text, separator, ref at, cell) : ReadPlain(text, separator, ref at, cell);
            if (fault is not null) return fault;
            cells.Add(cell.ToString());
            if (at == text.Length) return null;
            if (text[at] != separator)
            {
                SkipBreak(text, ref at);
                return null;
            }
            at++;
        }
    }

    private static string? ReadQuoted(string text, char separator, ref int at, StringBuilder cell)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                cell.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                cell.Append('"');
                at++;
            }
            else
            {
                at++;
                return at == text.Length || EndsCell(text[at], separator) ? null : "text follows a closing quote; a quote inside a quoted cell is written twice";
            }
        }
        return "a quote is opened and not closed";
    }

    private static string? ReadPlain(string text, char separator, ref int at, StringBuilder cell)
    {
        for (; at < text.Length && !EndsCell(text[at], separator); at++)
        {
            if (text[at] == '"') return "a quote stands in a cell that does not begin with one; such a cell is quoted as a whole, and quotes inside it are written twice";
            cell.Append(text[at]);
        }
        return null;
    }

    private static bool EndsCell(char c, char separator) => c == separator || c is '\r' or '\n';

    private static void SkipLine(string text, ref int at)
    {
        while (at < text.Length && text[at] is not ('\r' or '\n')) at++;
        SkipBreak(text, ref at);
    }

    private static void SkipBreak(string text, ref int at)
    {
        if (at < text.Length && text[at] == '\r') at++;
        else if (at < text.Length) { at++; return; }
        if (at < text.Length && text[at] == '\n') at++;
    }
}
