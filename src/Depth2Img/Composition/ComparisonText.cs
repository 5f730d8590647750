using System.Globalization;
using Depth2Img.Pipelines;

namespace Depth2Img.Composition;

/// <summary>What is written on a comparison's figure and on its page.</summary>
internal static class ComparisonText
{
    /// <summary>A strength or an axis's number.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A score.</summary>
    public static string Score(CompositionScore score) => string.Create(CultureInfo.InvariantCulture, $"depth {score.Depth:0.00}  edges {score.Edges:0.00}");

    /// <summary>What made the pictures and who measured them, in one line.</summary>
    public static string Facts(CompositionComparison comparison)
    {
        GenerationSettings settings = comparison.Settings, other = comparison.Rows[0].Pictures[^1].Settings;
        string model = settings.Model == other.Model ? settings.Model : $"{settings.Model} and {other.Model}";
        string noise = comparison.Strengths.Contains(1) ? ", strength 1 from pure noise" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{model}, depth by {settings.DepthModel}, measured by {comparison.ScoreDepthModel}, seed {settings.Seed}, {settings.Steps} steps, guidance {settings.Guidance}{noise}");
    }
}
