using System.Globalization;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Composition;

/// <summary>The tables of docs/composition.md: complete, and their means those of the single values.</summary>
public class CompositionDocsTests
{
    private static readonly string[] Document = File.ReadAllLines(Repository.File("docs/composition.md"));

    private static readonly string[] Pictures =
        [.. ((string[])["photos", "rendered", "sd2-depth2img"]).SelectMany(folder => Directory.EnumerateFiles(Repository.Samples(folder)))
            .Where(file => Path.GetExtension(file) is ".png" or ".jpg" && !file.EndsWith("-depth16.png", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file)!)
            // The announcement's grid of results is none of the inputs.
            .Where(name => name != "merged-0000.png")
            .Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("Depth, every single value:", 0)]
    [InlineData("Edges, every single value:", 1)]
    public void Every_picture_of_the_samples_is_there_with_8_seeds_and_the_means_are_theirs(string title, int column)
    {
        (string Picture, string Method, string Strength, double[] Values, double Mean)[] rows = [.. Singles(title)];
        Assert.Equal(Pictures, rows.Select(row => row.Picture).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(4 * Pictures.Length, rows.Length);
        Assert.All(rows, row => Assert.Equal(8, row.Values.Length));
        Assert.All(rows, row => Assert.Equal(row.Values.Average(), row.Mean, 0.0011));
        foreach (IGrouping<(string, string), (string, string, string, double[] Values, double)> kind in rows.GroupBy(row => (row.Method, row.Strength)))
            Assert.Equal(kind.SelectMany(row => row.Values).Average(), Mean(kind.Key)[column], 0.0011);
    }

    [Fact]
    public void With_depth_strength_1_keeps_what_is_promised_of_strength_02_and_without_it_less()
    {
        double with = Mean(("with depth", "1.0"))[0];
        Assert.True(with >= 0.8 * Mean(("with depth", "0.2"))[0]);
        Assert.True(Mean(("withheld", "1.0"))[0] <= with - ReachedDifference);
    }

    /// <summary>By how much less is kept without depth; 0.25 is aimed at, and the page says why the demo does not reach it.</summary>
    private const double ReachedDifference = 0.14;

    private static double[] Mean((string Method, string Strength) kind)
    {
        string start = $"| {kind.Method} | {kind.Strength} |";
        return [.. Cells(Document.Single(line => line.StartsWith(start, StringComparison.Ordinal))).Skip(2).Select(Number)];
    }

    private static IEnumerable<(string, string, string, double[], double)> Singles(string title)
    {
        int first = Array.IndexOf(Document, title) + 4;
        Assert.True(first >= 4, title);
        for (int i = first; i < Document.Length && Document[i].StartsWith("| ", StringComparison.Ordinal); i++)
        {
            string[] cells = Cells(Document[i]);
            yield return (cells[0], cells[1], cells[2], [.. cells[3..^1].Select(Number)], Number(cells[^1]));
        }
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
