using System.CommandLine;
using System.Globalization;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Generation;

/// <summary>Options that save work and change the picture somewhat.</summary>
internal static class SpeedOptions
{
    public static Option<GuidanceInterval?> GuidanceInterval() => new("--guidance-interval")
    {
        Description = "Guide only this part of the run, in fractions of it, such as 0.2:0.8.",
        HelpName = "FROM:TO",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            string[] ends = text.Split(':');
            if (ends.Length == 2 && TryParse(ends[0], out double from) && TryParse(ends[1], out double to)) return new GuidanceInterval(from, to);
            result.AddError($"--guidance-interval is '{text}'; FROM:TO is expected, such as 0.2:0.8.");
            return null;
        },
    };

    public static Option<int?> ReuseFeatures() =>
        CommonOptions.Whole("--reuse-features", "Run the UNet whole every N evaluations only, and its outermost blocks between, 1 to 10.", "N");

    public static Option<bool> Fast() => new("--fast")
    {
        Description = "Save work where the picture changes little: sets those of these options that are not given, and says what it traded.",
    };

    private static bool TryParse(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
