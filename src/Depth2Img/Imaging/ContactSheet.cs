using Depth2Img.Imaging.Drawing;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Imaging;

/// <summary>One place of a contact sheet.</summary>
/// <param name="Picture">The picture, drawn at its own size; null for an empty frame.</param>
/// <param name="Caption">What stands below it, or inside an empty frame; null for nothing.</param>
public sealed record ContactSheetCell(Image? Picture, string? Caption = null);

/// <summary>Small pictures in rows and columns with labels: an overview of what several settings make of a picture.</summary>
public sealed record ContactSheet
{
    /// <summary>The smallest and largest side that thumbnails may be made for, in pixels.</summary>
    public const int MinThumbnail = 32, MaxThumbnail = 2048;

    private const int Gap = 8, Margin = 12, CaptionLines = 2, LabelLines = 4;

    private static readonly Rgb Ground = Rgb.White, Ink = Rgb.FromHex(0x202124), Frame = Rgb.FromHex(0xE4E6E9), Faint = Rgb.FromHex(0x6B7078);

    /// <summary>What stands above all; null for nothing.</summary>
    public string? Title { get; init; }

    /// <summary>What stands above the columns; empty for nothing.</summary>
    public IReadOnlyList<string> ColumnLabels { get; init; } = [];

    /// <summary>What stands before the rows; empty for nothing.</summary>
    public IReadOnlyList<string> RowLabels { get; init; } = [];

    /// <summary>The rows of cells; rows may have different lengths.</summary>
    public required IReadOnlyList<IReadOnlyList<ContactSheetCell>> Rows { get; init; }

    /// <summary>A picture scaled down, never up, so that its longer side has a length at most.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="side">Pixels, from <see cref="MinThumbnail"/> to <see cref="MaxThumbnail"/>.</param>
    /// <returns>The thumbnail; the picture itself where it is small enough.</returns>
    public static Image Thumbnail(Image image, int side)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, MinThumbnail);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, MaxThumbnail);
        double scale = Math.Min(1, (double)side / Math.Max(image.Width, image.Height));
        return ImageResizer.Resize(image, Scaled(image.Width), Scaled(image.Height), ResizeFilter.Lanczos);

        int Scaled(int length) => Math.Max(1, (int)Math.Round(length * scale));
    }

    /// <summary>Draws the sheet. All cells are as large as the largest picture; labels are broken into lines, and cut where they are too long.</summary>
    /// <exception cref="Depth2ImgException">The sheet would have more pixels than a picture can have.</exception>
    public Image Draw()
    {
        Layout layout = new(this);
        Canvas canvas = new(layout.Width, layout.Height, Ground);
        if (layout.Title.Count > 0) DrawLines(canvas, layout.Title, Margin, Margin, layout.TitleStyle, TextAlignment.Left);
        for (int column = 0; column < layout.ColumnLabels.Count; column++)
        {
            // At the foot of their row, next to the pictures.
            int top = layout.Top - Gap / 2 - layout.ColumnLabels[column].Count * layout.Label.LineHeight;
            DrawLines(canvas, layout.ColumnLabels[column], layout.LeftOf(column) + layout.CellWidth / 2, top, layout.Label, TextAlignment.Centre);
        }
        for (int row = 0; row < Rows.Count; row++)
        {
            if (row < layout.RowLabels.Count)
            {
                int top = layout.TopOf(row) + (layout.CellHeight - layout.RowLabels[row].Count * layout.Label.LineHeight) / 2;
                DrawLines(canvas, layout.RowLabels[row], layout.Left - Gap, top, layout.Label, TextAlignment.Right);
            }
            for (int column = 0; column < Rows[row].Count; column++) DrawCell(canvas, layout, Rows[row][column], layout.LeftOf(column), layout.TopOf(row));
        }
        return canvas.ToImage();
    }

    private static void DrawCell(Canvas canvas, Layout layout, ContactSheetCell cell, int left, int top)
    {
        IReadOnlyList<string> caption = layout.CaptionOf(cell);
        if (cell.Picture is not { } picture)
        {
            canvas.FillRectangle(left, top, layout.CellWidth, layout.CellHeight, Frame);
            int middle = top + (layout.CellHeight - caption.Count * layout.Caption.LineHeight) / 2;
            DrawLines(canvas, caption, left + layout.CellWidth / 2, middle, layout.Caption, TextAlignment.Centre);
            return;
        }
        canvas.DrawImage(picture, left + (layout.CellWidth - picture.Width) / 2, top + (layout.CellHeight - picture.Height) / 2);
        DrawLines(canvas, caption, left + layout.CellWidth / 2, top + layout.CellHeight + Gap / 2, layout.Caption, TextAlignment.Centre);
    }

    private static void DrawLines(Canvas canvas, IReadOnlyList<string> lines, int x, int top, TextStyle style, TextAlignment alignment)
    {
        for (int i = 0; i < lines.Count; i++) canvas.DrawText(lines[i], x, top + i * style.LineHeight + (style.LineHeight + style.CapHeight) / 2, style, alignment);
    }

    /// <summary>Where everything lies.</summary>
    private sealed class Layout
    {
        public Layout(ContactSheet sheet)
        {
            ContactSheetCell[] cells = [.. sheet.Rows.SelectMany(row => row)];
            CellWidth = Math.Max(MinThumbnail, cells.Max(cell => cell.Picture?.Width) ?? 0);
            CellHeight = Math.Max(MinThumbnail, cells.Max(cell => cell.Picture?.Height) ?? 0);
            double size = Math.Clamp(CellWidth / 14.0, 9, 20);
            Label = new TextStyle(size, Ink);
            Caption = new TextStyle(Math.Max(9, size * 0.85), Faint);
            TitleStyle = new TextStyle(size * 1.15, Ink, Bold: true);

            int columns = sheet.Rows.Max(row => (int?)row.Count) ?? 0;
            ColumnLabels = [.. sheet.ColumnLabels.Select(label => Break(label, Label, CellWidth, LabelLines))];
            RowLabels = [.. sheet.RowLabels.Select(label => Break(label, Label, CellWidth, LabelLines))];
            int captionHeight = cells.Where(cell => cell.Picture is not null).Select(cell => CaptionOf(cell).Count).DefaultIfEmpty().Max() * Caption.LineHeight;
            int labelWidth = (int)Math.Ceiling(RowLabels.SelectMany(lines => lines).Select(line => LabelFont.Measure(line, Label)).DefaultIfEmpty().Max());

            Left = Margin + (labelWidth > 0 ? labelWidth + Gap : 0);
            Width = Left + columns * CellWidth + Math.Max(0, columns - 1) * Gap + Margin;
            Title = sheet.Title is { } title ? Break(title, TitleStyle, Width - 2 * Margin, LabelLines) : [];
            int headHeight = ColumnLabels.Select(lines => lines.Count).DefaultIfEmpty().Max() * Label.LineHeight;
            Top = Margin + (Title.Count > 0 ? Title.Count * TitleStyle.LineHeight + Gap : 0) + (headHeight > 0 ? headHeight + Gap / 2 : 0);
            RowHeight = CellHeight + (captionHeight > 0 ? captionHeight + Gap / 2 : 0) + Gap;
            Height = Top + sheet.Rows.Count * RowHeight - (sheet.Rows.Count > 0 ? Gap : 0) + Margin;
        }

        public TextStyle Label { get; }

        public TextStyle Caption { get; }

        public TextStyle TitleStyle { get; }

        public int CellWidth { get; }

        public int CellHeight { get; }

        public int Left { get; }

        public int Top { get; }

        public int Width { get; }

        public int Height { get; }

        public IReadOnlyList<string> Title { get; }

        public IReadOnlyList<IReadOnlyList<string>> ColumnLabels { get; }

        public IReadOnlyList<IReadOnlyList<string>> RowLabels { get; }

        private int RowHeight { get; }

        public int LeftOf(int column) => Left + column * (CellWidth + Gap);

        public int TopOf(int row) => Top + row * RowHeight;

        public IReadOnlyList<string> CaptionOf(ContactSheetCell cell) => cell.Caption is { Length: > 0 } caption ? Break(caption, Caption, CellWidth, CaptionLines) : [];

        private static IReadOnlyList<string> Break(string text, TextStyle style, int width, int lines)
        {
            IReadOnlyList<string> all = LabelFont.Wrap(text, style, width);
            return all.Count <= lines ? all : [.. all.Take(lines - 1), LabelFont.Shorten(string.Join(' ', all.Skip(lines - 1)), style, width)];
        }
    }
}
