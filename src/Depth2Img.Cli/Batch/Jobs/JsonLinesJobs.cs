using System.Text.Json;

namespace Depth2Img.Cli.Batch.Jobs;

/// <summary>
/// Jobs as JSON lines: an object a line, its members the settings. Values are texts, numbers, true and false, and arrays of these
/// where a setting may be given several times; null says nothing.
/// </summary>
internal static class JsonLinesJobs
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    /// <summary>Reads the jobs; empty lines are passed over.</summary>
    public static IReadOnlyList<JobLine> Read(JobText file)
    {
        List<JobLine> jobs = [];
        int number = 0;
        // Not at the other separators of Unicode, which a JSON text may hold.
        foreach (string line in file.Text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\r', '\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            jobs.Add(file.DamagedLines.Contains(number) ? JobLine.Unreadable(number, "it is not UTF-8") : ReadLine(number, line));
        }
        return jobs;
    }

    private static JobLine ReadLine(int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return JobLine.Unreadable(number, $"it is {Describe(document.RootElement)}; an object was expected, such as {{\"image\": \"photo.png\", \"prompt\": \"…\"}}");
            Dictionary<string, IReadOnlyList<string>> settings = [];
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Null) continue;
                string name = SettingNames.Normalise(member.Name);
                if (!settings.TryAdd(name, Values(member))) return JobLine.Unreadable(number, $"it has '{name}' twice");
            }
            return JobLine.Of(number, settings);
        }
        catch (JsonException e)
        {
            return JobLine.Unreadable(number, $"it is not valid JSON (at byte {e.BytePositionInLine + 1} of the line)");
        }
        catch (InvalidOperationException)
        {
            // What the parser lets through and cannot be made a string: half of a surrogate pair, escaped.
            return JobLine.Unreadable(number, "a text in it is not valid Unicode");
        }
        catch (Depth2ImgException e)
        {
            return JobLine.Unreadable(number, e.Message);
        }
    }

    private static IReadOnlyList<string> Values(JsonProperty member) => member.Value.ValueKind == JsonValueKind.Array
        ? [.. member.Value.EnumerateArray().Select(value => Scalar(member.Name, value))]
        : [Scalar(member.Name, member.Value)];

    private static string Scalar(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new Depth2ImgException($"'{name}' is {Describe(value)}; a text, a number, true or false was expected"),
    };

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
