using Depth2Img.Imaging;
using Depth2Img.Imaging.Drawing;

namespace Depth2Img.Composition;

/// <summary>
/// Draws a comparison as one picture: the input and its depth at the left, a row of pictures without depth above a row with
/// it, the strengths above and the scores below them, and plots of the scores against strength.
/// </summary>
public static class CompositionFigure
{
    /// <summary>The longer side of each picture in the figure unless another is asked for, in pixels: a figure of five strengths is about 1800 wide.</summary>
    public const int DefaultPictureSide = 280;

    /// <summary>The bounds of a picture's side.</summary>
    public const int MinPictureSide = 160, MaxPictureSide = 1024;

    /// <summary>The plots stand beside each other and need this many columns of pictures at least.</summary>
    private const int LeastColumns = 4;

    /// <summary>Draws.</summary>
    /// <param name="comparison">What to draw.</param>
    /// <param name="pictureSide">The longer side of each picture, <see cref="MinPictureSide"/> to <see cref="MaxPictureSide"/>.</param>
    /// <exception cref="Depth2ImgException">The side is out of its range.</exception>
    public static Image Draw(CompositionComparison comparison, int pictureSide = DefaultPictureSide)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        RequirePictureSide(pictureSide);
        return new Layout(comparison, pictureSide).Draw();
    }

    /// <summary>Checks a picture's side before work is spent on a figure that cannot be drawn.</summary>
    /// <exception cref="Depth2ImgException">The side is out of its range.</exception>
    public static void RequirePictureSide(int pictureSide)
    {
        if (pictureSide is < MinPictureSide or > MaxPictureSide)
            throw new Depth2ImgException($"The side of the figure's pictures is {pictureSide}; it must be from {MinPictureSide} to {MaxPictureSide} pixels.");
    }

    /// <summary>Sizes and places, all in proportion to a picture's longer side.</summary>
    private sealed class Layout
    {
        private readonly CompositionComparison _comparison;
        private readonly int _cellWidth, _cellHeight, _gap, _margin, _columns, _plotHeight;
        private readonly TextStyle _title, _label, _text, _small;

        public Layout(CompositionComparison comparison, int side)
        {
            _comparison = comparison;
            double scale = (double)side / Math.Max(comparison.Input.Width, comparison.Input.Height);
            _cellWidth = Math.Max(1, (int)Math.Round(comparison.Input.Width * scale));
            _cellHeight = Math.Max(1, (int)Math.Round(comparison.Input.Height * scale));
            _gap = side / 24;
            _margin = side / 10;
            _plotHeight = side * 9 / 10;
            _columns = comparison.Strengths.Count;
            double em = side / 11.5;
            _title = new TextStyle(em * 1.15, ComparisonColors.Text, Bold: true);
            _label = new TextStyle(em, ComparisonColors.Text, Bold: true);
            _text = new TextStyle(em * 0.9, ComparisonColors.Text);
            _small = new TextStyle(em * 0.85, ComparisonColors.Quiet);
            // Narrow pictures still need room for what is written below them.
            ColumnWidth = Math.Max(_cellWidth, (int)Math.Ceiling(LabelFont.Measure(ComparisonText.Score(new CompositionScore(-0.5, 0)), _small)) + _gap);
        }

        private int ColumnWidth { get; }

        private int RowHeight => _label.LineHeight + _gap / 2 + _cellHeight + _small.LineHeight + _gap;

        private int Left(int column) => _margin + column * (ColumnWidth + _gap);

        public Image Draw()
        {
            int width = Left(1 + Math.Max(_columns, LeastColumns)) - _gap + _margin;
            string[] lines = [.. LabelFont.Wrap($"“{_comparison.Settings.Prompt}”", _title, width - 2 * _margin), ComparisonText.Facts(_comparison)];
            int header = _margin + (lines.Length - 1) * _title.LineHeight + _small.LineHeight + 2 * _gap;
            int rowsTop = header + _label.LineHeight + _gap / 2;
            int plotTop = rowsTop + _comparison.Rows.Count * RowHeight + _gap;
            Canvas canvas = new(width, plotTop + _label.LineHeight + _plotHeight + _small.LineHeight + _margin, Rgb.White);

            double baseline = _margin + _title.CapHeight;
            for (int i = 0; i < lines.Length - 1; i++, baseline += _title.LineHeight) canvas.DrawText(lines[i], _margin, baseline, _title);
            canvas.DrawText(LabelFont.Shorten(lines[^1], _small, width - 2 * _margin), _margin, baseline, _small);

            for (int n = 0; n < _columns; n++)
                canvas.DrawText($"strength {ComparisonText.Number(_comparison.Strengths[n])}", Left(n + 1) + ColumnWidth / 2.0, header + _label.CapHeight, _label, TextAlignment.Centre);
            DrawInputs(canvas, rowsTop);
            for (int r = 0; r < _comparison.Rows.Count; r++) DrawRow(canvas, _comparison.Rows[r], rowsTop + r * RowHeight);
            DrawPlots(canvas, plotTop, width);
            return canvas.ToImage();
        }

        private void DrawInputs(Canvas canvas, int top)
        {
            DrawPicture(canvas, _comparison.Input, 0, top, "input");
            DrawPicture(canvas, _comparison.Depth.ToImage(), 0, top + RowHeight, "its depth");
        }

        private void DrawRow(Canvas canvas, ComparisonRow row, int top)
        {
            canvas.DrawText(row.Label, Left(1) + (ColumnWidth - _cellWidth) / 2, top + _label.CapHeight, _label with { Color = ComparisonColors.Of(row.Method) });
            for (int n = 0; n < _columns; n++)
            {
                CompositionScore score = row.Pictures[n].Score;
                DrawPicture(canvas, row.Pictures[n].Image, n + 1, top, ComparisonText.Score(score));
            }
        }

        private void DrawPicture(Canvas canvas, Image image, int column, int rowTop, string caption)
        {
            int top = rowTop + _label.LineHeight;
            canvas.DrawImage(image, Left(column) + (ColumnWidth - _cellWidth) / 2, top, _cellWidth, _cellHeight);
            canvas.DrawText(caption, Left(column) + ColumnWidth / 2.0, top + _cellHeight + _gap / 2 + _small.CapHeight, _small, TextAlignment.Centre);
        }

        private void DrawPlots(Canvas canvas, int top, int width)
        {
            int between = _margin, each = (width - 2 * _margin - between) / 2;
            ScorePlot depth = new(_comparison, "depth kept (correlation)", score => score.Depth, _label, _small);
            ScorePlot edges = new(_comparison, "edges kept (F1)", score => score.Edges, _label, _small);
            depth.Draw(canvas, _margin, top, each, _label.LineHeight + _plotHeight + _small.LineHeight);
            edges.Draw(canvas, _margin + each + between, top, each, _label.LineHeight + _plotHeight + _small.LineHeight);
        }
    }
}
