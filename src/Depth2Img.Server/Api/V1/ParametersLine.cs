using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Depth2Img.Schedulers;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.V1;

/// <summary>
/// Reads the text that AUTOMATIC1111's web UI and its kin write into pictures: the prompt, "Negative prompt: " and its text,
/// and a last line of "Key: value" pairs. What a request here has no field for is passed over.
/// </summary>
internal static partial class ParametersLine
{
    private const string NegativeStart = "Negative prompt: ";

    /// <summary>The least pairs of a last line that is taken for one of settings.</summary>
    private const int LeastPairs = 3;

    private const int MostCharacters = 1 << 20;

    /// <summary>The fields of a request; null if the text is no such text.</summary>
    public static JsonObject? Parse(string text)
    {
        if (text.Length > MostCharacters) return null;
        string[] lines = text.TrimEnd().Split('\n');
        MatchCollection pairs = Pair().Matches(lines[^1]);
        if (pairs.Count < LeastPairs) return null;
        IEnumerable<string> prompts = lines[..^1].Select(line => line.TrimEnd('\r'));
        JsonObject fields = new() { ["prompt"] = string.Join('\n', prompts.TakeWhile(line => !line.StartsWith(NegativeStart, StringComparison.Ordinal))) };
        string[] negative = [.. prompts.SkipWhile(line => !line.StartsWith(NegativeStart, StringComparison.Ordinal))];
        if (negative.Length > 0) fields["negativePrompt"] = string.Join('\n', negative)[NegativeStart.Length..];
        foreach (Match pair in pairs) Add(fields, pair.Groups[1].Value.Trim(), Unquote(pair.Groups[2].Value.Trim()));
        return fields;
    }

    private static void Add(JsonObject fields, string key, string value)
    {
        switch (key)
        {
            case "Steps" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int steps): fields["steps"] = steps; break;
            case "Seed" when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seed): fields["seed"] = seed; break;
            case "CFG scale" when Number(value) is { } guidance: fields["guidance"] = guidance; break;
            case "CFG Rescale" when Number(value) is { } rescale: fields["guidanceRescale"] = rescale; break;
            case "Denoising strength" when Number(value) is { } strength: fields["strength"] = strength; break;
            case "Size" when WorkingSizeConverter.Parse(value) is { } size: fields["size"] = size.ToString(); break;
            case "Schedule type" when value == "Karras": fields["karras"] = true; break;
            case "Sampler": AddSampler(fields, value); break;
        }
    }

    /// <summary>A sampler's name as such programs write it: "DPM++ 2M Karras", "Euler a".</summary>
    private static void AddSampler(JsonObject fields, string name)
    {
        const string Karras = " karras";
        string ours = name.ToLowerInvariant();
        if (ours.EndsWith(Karras, StringComparison.Ordinal))
        {
            ours = ours[..^Karras.Length];
            fields["karras"] = true;
        }
        ours = ours.Replace("++ ", "++", StringComparison.Ordinal).Replace(' ', '-');
        try
        {
            fields["scheduler"] = SchedulerNames.Resolve(ours);
        }
        catch (Depth2ImgException)
        {
            // One that is not here: the model's own is taken.
        }
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static string Unquote(string value)
    {
        if (value is not ['"', .., '"']) return value;
        try
        {
            return JsonSerializer.Deserialize<string>(value) ?? value;
        }
        catch (JsonException)
        {
            return value;
        }
    }

    [GeneratedRegex("""\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)""", RegexOptions.NonBacktracking)]
    private static partial Regex Pair();
}
