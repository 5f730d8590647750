using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>
/// The text about a picture that programs of the field write into its file and read from there: the prompt's lines, the
/// negative prompt's, and one last line of <c>Key: value</c> pairs.
/// </summary>
internal static partial class InfoText
{
    private const string NegativePrefix = "Negative prompt:";

    /// <summary>A last line with fewer pairs belongs to the prompt.</summary>
    private const int LeastPairs = 3;

    /// <summary>What readers put where a text says nothing.</summary>
    private static readonly (string Key, string Value)[] Implied =
    [
        ("Clip skip", "1"), ("Mask mode", "Inpaint masked"), ("Masked content", "original"), ("Inpaint area", "Whole picture"),
        ("Masked area padding", "32"), ("RNG", "GPU"), ("Schedule type", "Automatic"),
    ];

    /// <summary>Writes a text.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="negativePrompt">The negative prompt; empty for none.</param>
    /// <param name="pairs">Keys and values in order; pairs without a value are left out.</param>
    public static string Write(string prompt, string negativePrompt, IEnumerable<KeyValuePair<string, object?>> pairs)
    {
        StringBuilder text = new(prompt);
        if (negativePrompt.Length > 0) text.Append("\nNegative prompt: ").Append(negativePrompt);
        text.Append('\n').AppendJoin(", ", pairs.Where(pair => pair.Value is not null).Select(pair => WritePair(pair.Key, Plain(pair.Value!))));
        return text.ToString();
    }

    /// <summary>Reads a text.</summary>
    /// <returns>The pairs, prompt and negative prompt among them; sizes also as two numbers; what readers imply filled in.</returns>
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        List<string> lines = [.. text.Trim().Split('\n')];
        string last = lines[^1];
        MatchCollection found = Pair().Matches(last);
        if (found.Count >= LeastPairs) lines.RemoveAt(lines.Count - 1);
        StringBuilder prompt = new(), negative = new();
        StringBuilder part = prompt;
        foreach (string line in lines.Select(line => line.Trim()))
        {
            string rest = line;
            if (line.StartsWith(NegativePrefix, StringComparison.Ordinal))
            {
                part = negative;
                rest = line[NegativePrefix.Length..].Trim();
            }
            if (part.Length > 0) part.Append('\n');
            part.Append(rest);
        }
        pairs["Prompt"] = prompt.ToString();
        pairs["Negative prompt"] = negative.ToString();
        if (found.Count >= LeastPairs)
        {
            foreach (Match match in found) ReadPair(match.Groups[1].Value, Unquote(match.Groups[2].Value), pairs);
        }
        foreach ((string key, string value) in Implied) pairs.TryAdd(key, value);
        return pairs;
    }

    private static void ReadPair(string key, string value, Dictionary<string, string> pairs)
    {
        if (Size().Match(value) is { Success: true } size)
        {
            pairs[key + "-1"] = size.Groups[1].Value;
            pairs[key + "-2"] = size.Groups[2].Value;
            return;
        }
        pairs[key] = value;
    }

    private static string WritePair(string key, string value) => key == value ? key : $"{key}: {Quote(value)}";

    private static string Plain(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>A value in quotes where it would otherwise end too early or be taken for a pair of its own.</summary>
    private static string Quote(string value)
    {
        if (value.AsSpan().IndexOfAny(",\n:") < 0) return value;
        StringBuilder quoted = new("\"");
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }

    private static string Unquote(string value)
    {
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"') return value;
        try
        {
            return JsonSerializer.Deserialize<string>(value) ?? value;
        }
        catch (JsonException)
        {
            return value; // Somebody else's text: as it is.
        }
    }

    [GeneratedRegex("""\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pair();

    [GeneratedRegex("^([0-9]+)x([0-9]+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Size();
}
