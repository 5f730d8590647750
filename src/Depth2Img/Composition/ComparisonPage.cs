using System.Globalization;
using System.Net;
using System.Text;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Composition;

/// <summary>
/// A comparison as one HTML page with a slider for the strength. Pictures are in the page itself, and nothing is fetched; it
/// works by keyboard, in light and dark, and shows all pictures where scripts are off.
/// </summary>
public static class ComparisonPage
{
    /// <summary>The longer side at which pictures are put into the page; larger ones are scaled down.</summary>
    private const int LongestSide = 768;

    private const int JpegQuality = 90;

    private static readonly Lazy<string> Template = new(ReadTemplate);

    /// <summary>Makes the page.</summary>
    public static string Render(CompositionComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        Dictionary<string, string> parts = new()
        {
            ["title"] = Escape($"“{comparison.Settings.Prompt}”"),
            ["facts"] = Escape(ComparisonText.Facts(comparison)),
            ["input"] = ToDataUri(comparison.Input),
            ["depth"] = ToDataUri(comparison.Depth.ToImage()),
            ["rows"] = string.Join('\n', comparison.Rows.Select(Row)),
            ["last"] = (comparison.Strengths.Count - 1).ToString(CultureInfo.InvariantCulture),
            ["strengths"] = $"[{string.Join(", ", comparison.Strengths.Select(ComparisonText.Number))}]",
            ["scorer"] = Escape(comparison.ScoreDepthModel),
            ["plots"] = $"{ScorePlotSvg.Draw(comparison, "depth kept (correlation)", score => score.Depth)}\n{ScorePlotSvg.Draw(comparison, "edges kept (F1)", score => score.Edges)}",
        };
        return Fill(Template.Value, parts);
    }

    /// <summary>The class of a row's parts in the style sheet.</summary>
    internal static string ClassOf(ComparisonMethod method) => method == ComparisonMethod.DepthToImage ? "with" : "without";

    private static string Row(ComparisonRow row)
    {
        StringBuilder html = new();
        for (int n = 0; n < row.Pictures.Count; n++)
        {
            ComparisonPicture picture = row.Pictures[n];
            string strength = ComparisonText.Number(picture.Strength);
            html.Append(CultureInfo.InvariantCulture, $"""<figure class="{ClassOf(row.Method)}" data-index="{n}"><img src="{ToDataUri(picture.Image)}" alt="{Escape($"{row.Label} at strength {strength}")}">""");
            html.Append(CultureInfo.InvariantCulture, $"""<figcaption><span class="name">{Escape(row.Label)}</span> <span class="quiet">strength {strength}</span><br>{ComparisonText.Score(picture.Score)}</figcaption></figure>""");
        }
        return html.ToString();
    }

    private static string ToDataUri(Image image)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(image.Width, image.Height));
        Image shown = ImageResizer.Resize(image, Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)), ResizeFilter.Lanczos);
        using MemoryStream stream = new();
        ImageFile.Encode(stream, shown, ImageFormat.Jpeg, new ImageSaveOptions { JpegQuality = JpegQuality });
        return $"data:image/jpeg;base64,{Convert.ToBase64String(stream.GetBuffer(), 0, (int)stream.Length)}";
    }

    /// <summary>Puts parts into their places; what is put in is not searched for further places.</summary>
    private static string Fill(string template, Dictionary<string, string> parts)
    {
        StringBuilder page = new(template.Length);
        int at = 0;
        for (int open; (open = template.IndexOf("{{", at, StringComparison.Ordinal)) >= 0;)
        {
            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            page.Append(template, at, open - at).Append(parts[template[(open + 2)..close]]);
            at = close + 2;
        }
        return page.Append(template, at, template.Length - at).ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string ReadTemplate()
    {
        using Stream stream = typeof(ComparisonPage).Assembly.GetManifestResourceStream("Depth2Img.ComparisonPage.html")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
