using Depth2Img.Cli.Batch.Jobs;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Cli.Tests.Batch;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b", "a|b")]
    [InlineData("a,", "a|")]
    [InlineData(",", "|")]
    [InlineData("\"a,b\",c", "a,b|c")]
    [InlineData("\"say \"\"hi\"\"\",c", "say \"hi\"|c")]
    [InlineData("\"\",x", "|x")]
    [InlineData("\"two\r\nlines\",x", "two\r\nlines|x")]
    [InlineData(" a , b ", " a | b ")]
    public void Cells_are_read_as_the_standard_has_them(string text, string cells) =>
        Assert.Equal(cells.Split('|'), Assert.Single(CsvReader.Read(text)).Cells);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Every_line_break_ends_a_record_and_counts_as_one_line(string lineBreak)
    {
        IReadOnlyList<CsvRecord> records = CsvReader.Read($"a{lineBreak}\"b{lineBreak}c\"{lineBreak}d{lineBreak}");
        Assert.Equal([1, 2, 4], records.Select(record => record.Line));
        Assert.Equal([1, 2, 1], records.Select(record => record.Lines));
        Assert.Equal(["a", $"b{lineBreak}c", "d"], records.Select(record => record.Cells[0]));
    }

    [Theory]
    [InlineData("a\n\"open,b\nc\nd", "not closed")]
    [InlineData("a\nx\"y,b\nc\nd", "does not begin with one")]
    [InlineData("a\n\"x\"y,b\nc\nd", "follows a closing quote")]
    [InlineData("a\n\"open,b\nc\nd,\"e\" f", "follows a closing quote")]
    public void A_broken_record_costs_its_own_line_alone(string text, string fault)
    {
        IReadOnlyList<CsvRecord> records = CsvReader.Read(text);
        Assert.Contains(fault, records[1].Fault, StringComparison.Ordinal);
        Assert.Equal(2, records[1].Line);
        Assert.Equal((1, "a"), (records[0].Line, records[0].Cells[0]));
        Assert.Equal((3, "c"), (records[2].Line, records[2].Cells[0]));
    }

    [Property]
    public Property Whatever_is_written_with_quotes_is_read_back() => Prop.ForAll(
        Gen.Elements("a", "\"", ",", "\r\n", "\n", "\r", " ", "ä", "", "|", ";", "😀").ArrayOf().Select(string.Concat).ArrayOf().Where(cells => cells.Length > 0).ArrayOf().ToArbitrary(),
        table =>
        {
            string text = string.Concat(table.Select(cells => string.Join(',', cells.Select(cell => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\r\n"));
            IReadOnlyList<CsvRecord> records = CsvReader.Read(text);
            return records.All(record => record.Fault is null) && records.Select(record => record.Cells.ToArray()).SequenceEqual(table, new CellsComparer());
        });

    [Property]
    public Property Every_text_is_read_to_its_end_with_lines_in_order() => Prop.ForAll(
        Gen.Elements("a", "\"", ",", "\r\n", "\n", "\r", "\"\"", ",\"").ArrayOf().Select(string.Concat).ToArbitrary(),
        text =>
        {
            IReadOnlyList<CsvRecord> records = CsvReader.Read(text);
            bool inOrder = records.Zip(records.Skip(1)).All(pair => pair.First.Line < pair.Second.Line);
            return inOrder && records.All(record => record.Line >= 1 && record.Line + record.Lines - 1 <= JobText.CountBreaks(text) + 1);
        });

    private sealed class CellsComparer : IEqualityComparer<string[]>
    {
        public bool Equals(string[]? x, string[]? y) => x!.SequenceEqual(y!);

        public int GetHashCode(string[] cells) => cells.Length;
    }
}
