using System.Globalization;
using Depth2Img.Cli.Batch.Jobs;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>A setting and the values that it takes in turn.</summary>
internal sealed class SweepAxis
{
    private const int MaxValues = 1000;

    private SweepAxis(string name, string setting, IReadOnlyList<string> values)
    {
        Name = name;
        Setting = setting;
        Values = values;
        string[] slugs = [.. values.Select(FileNames.Slug)];
        // Long prompts may begin alike: then numbers are clearer.
        Slugs = slugs.Distinct(StringComparer.OrdinalIgnoreCase).Count() == slugs.Length
            ? slugs
            : [.. Enumerable.Range(1, values.Count).Select(n => n.ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>"x", "y" or "z".</summary>
    public string Name { get; }

    /// <summary>The setting's name.</summary>
    public string Setting { get; }

    /// <summary>The values; an empty one leaves the setting out.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>The values as parts of file names, all different.</summary>
    public IReadOnlyList<string> Slugs { get; }

    /// <summary>A value as sheets show it.</summary>
    public string Label(int index) => $"{Setting} {(Values[index].Length == 0 ? "–" : Values[index])}";

    /// <summary>
    /// Reads SETTING=VALUES. Values stand between bars ("a red ball|a blue one"; "\|" is a bar); numbers also between commas, or as a
    /// range FROM:TO:STEP, both ends included.
    /// </summary>
    /// <param name="name">"x", "y" or "z".</param>
    /// <param name="text">What was given.</param>
    /// <param name="schema">The settings; each value must be one of its setting's.</param>
    /// <exception cref="Depth2ImgException">There is no such setting, a value is wrong, or there are too many.</exception>
    public static SweepAxis Parse(string name, string text, JobSchema schema)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new Depth2ImgException($"--{name} is '{text}'; SETTING=VALUES is expected, such as strength=0.2:1.0:0.2 or prompt=\"a red ball|a blue ball\".");
        string setting = SettingNames.Normalise(text[..equals]);
        if (setting is SettingNames.Image or SettingNames.Output) throw new Depth2ImgException($"--{name} cannot sweep '{setting}'; JOBS may name several pictures.");
        string[] values = Split(name, text[(equals + 1)..], schema.IsNumber(setting));
        foreach (string value in values.Where(value => value.Length > 0))
            schema.Parse(new Dictionary<string, IReadOnlyList<string>> { [setting] = [value] });
        if (values.Distinct().Count() != values.Length) throw new Depth2ImgException($"--{name} has a value of '{setting}' twice.");
        return new SweepAxis(name, setting, values);
    }

    private static string[] Split(string name, string text, bool numbers)
    {
        if (!numbers) return SplitAtBars(text);
        if (text.Contains(':', StringComparison.Ordinal)) return Range(name, text);
        return [.. text.Split(',', '|').Select(value => value.Trim())];
    }

    private static string[] SplitAtBars(string text)
    {
        List<string> values = [""];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '|') values.Add("");
            else if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == '|') values[^1] += text[++i];
            else values[^1] += text[i];
        }
        return [.. values];
    }

    /// <summary>In decimal numbers, so that 0.2:1:0.2 has 0.6 in it and ends with 1.</summary>
    private static string[] Range(string name, string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length is 2 or 3 && TryParse(parts[0], out decimal from) && TryParse(parts[1], out decimal to) && TryParse(parts.ElementAtOrDefault(2) ?? (from <= to ? "1" : "-1"), out decimal step)
            && step != 0 && (to - from) / step is >= 0 and < MaxValues and var steps)
        {
            return [.. Enumerable.Range(0, (int)steps + 1).Select(i => (from + i * step).ToString("0.############", CultureInfo.InvariantCulture))];
        }
        throw new Depth2ImgException($"--{name} has the range '{text}'; FROM:TO:STEP is expected, such as 0.2:1.0:0.2, with at most {MaxValues} values.");
    }

    private static bool TryParse(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && Math.Abs(value) < 1_000_000_000;
}
