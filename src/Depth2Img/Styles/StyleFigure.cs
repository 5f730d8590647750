using Depth2Img.Imaging;
using Depth2Img.Imaging.Drawing;

namespace Depth2Img.Styles;

/// <summary>A picture of a <see cref="StyleFigure"/>.</summary>
/// <param name="Label">What stands under it.</param>
/// <param name="Image">The picture.</param>
public sealed record StyleFigureCell(string Label, Image Image);

/// <summary>Draws a picture and what styles made of it side by side.</summary>
public static class StyleFigure
{
    private const int MostColumns = 4;
    private const int Gap = 8;
    private const int LabelHeight = 26;

    private static readonly Rgb Ground = new(255, 255, 255), Ink = new(40, 40, 40);

    /// <summary>Draws the figure, row by row, the original first.</summary>
    /// <param name="original">The picture that styles were put on.</param>
    /// <param name="cells">What became of it.</param>
    /// <param name="side">How long the pictures' longer side is drawn, in pixels.</param>
    public static Image Draw(Image original, IReadOnlyList<StyleFigureCell> cells, int side = 256)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 16);
        StyleFigureCell[] all = [new StyleFigureCell("original", original), .. cells];
        int columns = ColumnsFor(all.Length), rows = (all.Length + columns - 1) / columns;
        double scale = (double)side / Math.Max(original.Width, original.Height);
        int width = Math.Max(1, (int)Math.Round(original.Width * scale)), height = Math.Max(1, (int)Math.Round(original.Height * scale));
        Canvas canvas = new(Gap + columns * (width + Gap), Gap + rows * (height + LabelHeight + Gap), Ground);
        TextStyle style = new(16, Ink);
        for (int i = 0; i < all.Length; i++)
        {
            int left = Gap + i % columns * (width + Gap), top = Gap + i / columns * (height + LabelHeight + Gap);
            canvas.DrawImage(all[i].Image, left, top, width, height);
            canvas.DrawText(LabelFont.Shorten(all[i].Label, style, width), left + width / 2.0, top + height + LabelHeight - 8, style, TextAlignment.Centre);
        }
        return canvas.ToImage();
    }

    /// <summary>As many columns as leave the last row fullest, the most of those.</summary>
    private static int ColumnsFor(int count) => count <= MostColumns
        ? count
        : Enumerable.Range(MostColumns - 1, 2).OrderBy(columns => (columns - count % columns) % columns).ThenByDescending(columns => columns).First();
}
