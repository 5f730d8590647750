using System.Numerics;
using Depth2Img.Imaging.Drawing;

namespace Depth2Img.Tests.Imaging.Drawing;

public class LabelFontTests
{
    private static readonly TextStyle Style = new(20, Rgb.Black);

    [Fact]
    public void Every_printable_ASCII_character_has_a_drawing()
    {
        IEnumerable<char> drawn = LabelGlyphs.All.Select(g => g.Character);
        Assert.Equal(Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c), drawn.Where(char.IsAscii).Order());
    }

    [Fact]
    public void No_stroke_leaves_its_glyph()
    {
        foreach ((char character, double width, string drawing) in LabelGlyphs.All)
        {
            Vector2[] points = [.. GlyphPathReader.Read(drawing).SelectMany(stroke => stroke)];
            Assert.NotEmpty(points);
            Assert.All(points, p => Assert.True(p.X >= -0.5 && p.X <= width + 0.5 && p.Y >= -4.1 && p.Y <= 16.1, $"'{character}' reaches {p}"));
        }
    }

    [Fact]
    public void Figures_are_of_one_width() =>
        Assert.Single("0123456789".Select(digit => LabelFont.Measure(digit.ToString(), Style)).Distinct());

    [Fact]
    public void An_unknown_character_is_a_box_and_a_space_is_nothing()
    {
        Assert.Equal(5, Assert.Single(LabelFont.Strokes("漢", Style, 0, 0)).Length);
        Assert.Empty(LabelFont.Strokes(" \t", Style, 0, 0));
        Assert.True(LabelFont.Measure("a b", Style) > LabelFont.Measure("ab", Style));
    }

    [Theory]
    [InlineData("a statue of marble", 60)]
    [InlineData("short", 500)]
    [InlineData("word", 1)]
    [InlineData("", 10)]
    public void Shorten_fits_and_says_what_it_cut(string text, double width)
    {
        string shortened = LabelFont.Shorten(text, Style, width);
        if (LabelFont.Measure(text, Style) <= width)
        {
            Assert.Equal(text, shortened);
        }
        else
        {
            Assert.EndsWith("…", shortened);
            Assert.StartsWith(shortened[..^1], text);
            Assert.True(shortened == "…" || LabelFont.Measure(shortened, Style) <= width);
        }
    }

    [Fact]
    public void Wrap_keeps_every_word_and_the_width()
    {
        IReadOnlyList<string> lines = LabelFont.Wrap("a photo of a marble statue\non sand", Style, 120);
        Assert.Equal("a photo of a marble statue on sand", string.Join(' ', lines));
        Assert.Contains("on sand", lines);
        Assert.All(lines, line => Assert.True(LabelFont.Measure(line, Style) <= 120));
    }

    [Fact]
    public void A_drawing_with_an_unknown_command_is_refused() =>
        Assert.Throws<FormatException>(() => GlyphPathReader.Read("M 0 0 Z"));
}
