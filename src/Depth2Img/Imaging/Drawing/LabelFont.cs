using System.Numerics;

namespace Depth2Img.Imaging.Drawing;

/// <summary>
/// The font of figures' labels: strokes of one width with round ends, drawn for this project (<see cref="LabelGlyphs"/>).
/// It knows ASCII and some signs of figures; any other character is an empty box, so that none is lost in silence.
/// </summary>
internal static class LabelFont
{
    /// <summary>Font units of an em.</summary>
    public const float UnitsPerEm = 20;

    /// <summary>Height of capitals and figures in font units.</summary>
    public const float CapHeight = 14;

    /// <summary>Stroke widths in font units.</summary>
    public const float RegularStroke = 1.5f, BoldStroke = 2.5f;

    /// <summary>Between two characters, and the width of a space, in font units.</summary>
    private const float Gap = 3.4f, Space = 2.4f;

    private const char Ellipsis = '…';

    private static readonly Lazy<Dictionary<char, Glyph>> Glyphs = new(() =>
        LabelGlyphs.All.ToDictionary(g => g.Character, g => new Glyph((float)g.Width, GlyphPathReader.Read(g.Drawing))));

    private static readonly Glyph Unknown = new(8, GlyphPathReader.Read("M 0 0 L 0 14 L 8 14 L 8 0 L 0 0"));

    /// <summary>A line's width in pixels.</summary>
    /// <param name="text">The line.</param>
    /// <param name="style">How it looks.</param>
    public static double Measure(string text, TextStyle style)
    {
        if (text.Length == 0) return 0;
        float units = Gap * (text.Length - 1);
        foreach (char character in text) units += WidthOf(character);
        return units * style.Size / UnitsPerEm + style.StrokeWidth;
    }

    /// <summary>A line cut to a width, with an ellipsis where something is missing.</summary>
    /// <param name="text">The line.</param>
    /// <param name="style">How it looks.</param>
    /// <param name="width">Pixels; where not even the ellipsis fits, it alone is given.</param>
    public static string Shorten(string text, TextStyle style, double width)
    {
        if (Measure(text, style) <= width) return text;
        int length = text.Length - 1;
        while (length > 0 && Measure(Cut(length), style) > width) length--;
        return Cut(length);

        string Cut(int keep) => string.Concat(text.AsSpan(0, keep).TrimEnd(), [Ellipsis]);
    }

    /// <summary>Breaks text between words into lines of a width; a word that is wider is cut.</summary>
    /// <param name="text">The text; its own line breaks are kept.</param>
    /// <param name="style">How it looks.</param>
    /// <param name="width">Pixels.</param>
    public static IReadOnlyList<string> Wrap(string text, TextStyle style, double width)
    {
        List<string> lines = [];
        foreach (string paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            string line = "";
            foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string longer = line.Length == 0 ? word : $"{line} {word}";
                if (line.Length > 0 && Measure(longer, style) > width)
                {
                    lines.Add(line);
                    longer = word;
                }
                line = longer;
            }
            lines.Add(line);
        }
        return [.. lines.Select(line => Shorten(line, style, width))];
    }

    /// <summary>A line's strokes in pixels, y down.</summary>
    /// <param name="text">The line.</param>
    /// <param name="style">How it looks.</param>
    /// <param name="left">Where it begins.</param>
    /// <param name="baseline">What it stands on.</param>
    public static IEnumerable<Vector2[]> Strokes(string text, TextStyle style, double left, double baseline)
    {
        float scale = (float)(style.Size / UnitsPerEm);
        Vector2 pen = new((float)(left + style.StrokeWidth / 2), (float)baseline);
        foreach (char character in text)
        {
            Vector2 origin = pen;
            foreach (Vector2[] stroke in GlyphOf(character).Strokes)
                yield return Array.ConvertAll(stroke, point => origin + scale * new Vector2(point.X, -point.Y));
            pen.X += scale * (WidthOf(character) + Gap);
        }
    }

    private static float WidthOf(char character) => char.IsWhiteSpace(character) ? Space : GlyphOf(character).Width;

    private static Glyph GlyphOf(char character) => char.IsWhiteSpace(character)
        ? new Glyph(Space, [])
        : Glyphs.Value.GetValueOrDefault(character, Unknown);
}
