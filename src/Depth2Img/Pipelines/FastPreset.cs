using System.Globalization;

namespace Depth2Img.Pipelines;

/// <summary>
/// What <see cref="DepthToImageRequest.Fast"/> sets where the request itself says nothing: the options that gain much
/// and change the picture little (docs/performance.md has the measurements).
/// </summary>
internal static class FastPreset
{
    /// <summary>The beginning of the run decides what the picture shows; its end, mostly detail, does without guidance.</summary>
    public static GuidanceInterval GuidanceInterval { get; } = new(0, 0.6);

    /// <summary>Neighbouring evaluations share their deep features.</summary>
    public const int ReuseFeatures = 2;

    /// <summary>A sentence that says what is traded.</summary>
    public static string Explain(DenoiseSettings settings)
    {
        List<string> trades = [];
        if (settings.Guidance > 1 && settings.GuidanceInterval != GuidanceInterval.Whole)
            trades.Add(string.Create(CultureInfo.InvariantCulture, $"guidance from {settings.GuidanceInterval.From} to {settings.GuidanceInterval.To} of the run only"));
        if (settings.ReuseFeatures > 1) trades.Add($"the UNet whole every {settings.ReuseFeatures} evaluations only");
        return trades.Count == 0
            ? "Fast: there is nothing to trade with these settings."
            : $"Fast: {string.Join(", ", trades)}; the picture differs somewhat from the full run's.";
    }
}
