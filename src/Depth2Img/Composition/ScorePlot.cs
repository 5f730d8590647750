using System.Numerics;
using Depth2Img.Imaging.Drawing;

namespace Depth2Img.Composition;

/// <summary>A plot of one part of the score against strength, a line a row.</summary>
/// <param name="comparison">What is plotted.</param>
/// <param name="title">What stands above it.</param>
/// <param name="value">The part of the score.</param>
/// <param name="label">How title and lines' names look.</param>
/// <param name="small">How the axes' numbers look.</param>
internal sealed class ScorePlot(CompositionComparison comparison, string title, Func<CompositionScore, double> value, TextStyle label, TextStyle small)
{
    /// <summary>Between two lines of the grid.</summary>
    public const double Step = 0.25;

    /// <summary>Where the axis begins: at 0 where no score is below it, as correlations can be.</summary>
    public static double LeastOf(CompositionComparison comparison, Func<CompositionScore, double> value) =>
        Math.Min(0, Math.Floor(comparison.Rows.SelectMany(row => row.Pictures).Min(p => value(p.Score)) / Step) * Step);

    /// <summary>Draws it into a rectangle.</summary>
    public void Draw(Canvas canvas, int left, int top, int width, int height)
    {
        double least = LeastOf(comparison, value);
        double numbers = LabelFont.Measure("-0.75", small) + small.Size / 2;
        double x0 = left + numbers, x1 = left + width - small.Size, y0 = top + height - small.LineHeight - small.Size / 3, y1 = top + label.LineHeight * 1.5;

        canvas.DrawText(title, left, top + label.CapHeight, label);
        DrawNames(canvas, left + width, top + label.CapHeight);
        for (int line = 0; least + line * Step <= 1; line++)
        {
            double at = least + line * Step;
            canvas.DrawLine(x0, Y(at), x1, Y(at), at == 0 ? 2 : 1, ComparisonColors.Grid);
            canvas.DrawText(ComparisonText.Number(at), x0 - small.Size / 2, Y(at) + small.CapHeight / 2, small, TextAlignment.Right);
        }
        foreach (double strength in comparison.Strengths)
            canvas.DrawText(ComparisonText.Number(strength), X(strength), y0 + small.LineHeight, small, TextAlignment.Centre);
        foreach (ComparisonRow row in comparison.Rows)
        {
            Rgb color = ComparisonColors.Of(row.Method);
            Vector2[] points = [.. row.Pictures.Select(p => new Vector2((float)X(p.Strength), (float)Y(value(p.Score))))];
            canvas.DrawPolyline(points, small.Size / 8, color);
            foreach (Vector2 point in points) canvas.FillCircle(point.X, point.Y, small.Size / 2.2, color);
        }

        double X(double strength) => x0 + small.Size + strength * (x1 - x0 - 2 * small.Size);

        double Y(double score) => y0 - (score - least) / (1 - least) * (y0 - y1);
    }

    /// <summary>The lines' names in their colours, from the right edge, the upper row's first.</summary>
    private void DrawNames(Canvas canvas, double right, double baseline)
    {
        foreach (ComparisonRow row in comparison.Rows.Reverse())
        {
            TextStyle style = small with { Color = ComparisonColors.Of(row.Method), Bold = true };
            canvas.DrawText(row.ShortLabel, right, baseline, style, TextAlignment.Right);
            right -= LabelFont.Measure(row.ShortLabel, style) + style.Size;
        }
    }
}
