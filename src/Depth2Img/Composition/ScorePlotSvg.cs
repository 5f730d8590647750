using System.Globalization;
using System.Net;
using System.Text;

namespace Depth2Img.Composition;

/// <summary>A plot of one part of the score against strength for the page, whose style sheet colours it.</summary>
internal static class ScorePlotSvg
{
    private const double Width = 420, Height = 220, Left = 34, Right = 14, Top = 28, Bottom = 24;

    /// <summary>Draws it.</summary>
    /// <param name="comparison">What is plotted.</param>
    /// <param name="title">What stands above it.</param>
    /// <param name="value">The part of the score.</param>
    public static string Draw(CompositionComparison comparison, string title, Func<CompositionScore, double> value)
    {
        double least = ScorePlot.LeastOf(comparison, value);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{WebUtility.HtmlEncode(title)} against strength"><text class="title" x="0" y="12">{WebUtility.HtmlEncode(title)}</text>""");
        for (int line = 0; least + line * ScorePlot.Step <= 1; line++)
        {
            double at = least + line * ScorePlot.Step;
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(at):0.#}" y2="{Y(at):0.#}"/><text x="{Left - 6}" y="{Y(at) + 4:0.#}" text-anchor="end">{ComparisonText.Number(at)}</text>""");
        }
        for (int n = 0; n < comparison.Strengths.Count; n++)
        {
            double x = X(comparison.Strengths[n]);
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{x:0.#}" y="{Height - 6}" text-anchor="middle">{ComparisonText.Number(comparison.Strengths[n])}</text><line class="cursor" data-index="{n}" x1="{x:0.#}" x2="{x:0.#}" y1="{Top}" y2="{Height - Bottom}"/>""");
        }
        foreach (ComparisonRow row in comparison.Rows)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<g class="{ComparisonPage.ClassOf(row.Method)}"><polyline points="{string.Join(' ', row.Pictures.Select(Point))}"/>""");
            foreach (ComparisonPicture picture in row.Pictures) svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(picture.Strength):0.#}" cy="{Y(value(picture.Score)):0.#}" r="3.5"/>""");
            svg.Append("</g>");
        }
        return svg.Append("</svg>").ToString();

        double X(double strength) => Left + 12 + strength * (Width - Left - Right - 24);

        double Y(double score) => Height - Bottom - (score - least) / (1 - least) * (Height - Bottom - Top);

        string Point(ComparisonPicture picture) => string.Create(CultureInfo.InvariantCulture, $"{X(picture.Strength):0.#},{Y(value(picture.Score)):0.#}");
    }
}
