using System.Globalization;
using System.Text;
using Depth2Img.Prompts.Unicode;
using Depth2Img.TestSupport;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Prompts;

public class CanonicalCompositionTests
{
    [Fact]
    public void Text_agrees_with_the_standards_own_test_rows()
    {
        int rows = 0;
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "tests/Depth2Img.Tests/Prompts/NormalizationSample.txt")))
        {
            if (line.StartsWith('#')) continue;
            string[] columns = Array.ConvertAll(line.Split(';'), FromHex);
            foreach (string source in columns) Assert.Equal(columns[1], Normalize(source));
            rows++;
        }
        Assert.True(rows > 500);
    }

    [Property]
    public void Normal_text_stays_as_it_is(string? text)
    {
        string once = Normalize(text ?? "");
        Assert.Equal(once, Normalize(once));
    }

    // Insertion into an ordered list would take hours for this.
    [Fact]
    public void A_hundred_thousand_marks_in_falling_order_are_sorted()
    {
        string marks = new string('\u0301', 50_000) + new string('\u0323', 50_000);
        Assert.Equal("\u1EB9" + new string('\u0323', 49_999) + new string('\u0301', 50_000), Normalize("e" + marks));
    }

    private static string Normalize(string text)
    {
        StringBuilder result = new();
        List<int> segment = [];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (CanonicalComposition.StartsSegment(rune.Value)) Flush();
            segment.Add(rune.Value);
        }
        Flush();
        return result.ToString();

        void Flush()
        {
            CanonicalComposition.Normalize(segment);
            foreach (int codePoint in segment) result.Append(new Rune(codePoint));
            segment.Clear();
        }
    }

    private static string FromHex(string codePoints) =>
        string.Concat(codePoints.Split(' ').Select(h => new Rune(int.Parse(h, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
}
