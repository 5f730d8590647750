using System.Text.Json;

namespace Depth2Img.Server.Options;

/// <summary>Reads settings from the section "Depth2Img" of a JSON file. A key that does not exist is refused: a name that is misspelt must not be passed over.</summary>
internal static class SettingsFile
{
    private static readonly JsonDocumentOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    /// <summary>Reads a file's settings.</summary>
    /// <exception cref="Depth2ImgException">The file cannot be read, is no JSON, lacks the section, or has a key that does not exist.</exception>
    public static IReadOnlyList<(ServerSetting Setting, SettingValue Value)> Read(string file)
    {
        using JsonDocument document = Parse(file);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(ServerSettings.Section, out JsonElement section) || section.ValueKind != JsonValueKind.Object)
            throw new Depth2ImgException($"'{file}' has no section \"{ServerSettings.Section}\": an object of that name is expected in it.");
        List<(ServerSetting, SettingValue)> found = [];
        Collect(section, "", file, found);
        return found;
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(file), Reading);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"The settings file '{file}' cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"The settings file '{file}' is no JSON: {e.Message}", e);
        }
    }

    private static void Collect(JsonElement within, string prefix, string file, List<(ServerSetting, SettingValue)> found)
    {
        foreach (JsonProperty property in within.EnumerateObject())
        {
            string key = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object && ServerSettings.All.Any(s => s.Key.StartsWith(key + ':', StringComparison.OrdinalIgnoreCase)))
            {
                Collect(property.Value, key + ':', file, found);
                continue;
            }
            ServerSetting setting = ServerSettings.All.FirstOrDefault(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
                ?? throw new Depth2ImgException($"'{file}' sets {ServerSettings.Section}:{key}, which does not exist; there is {string.Join(", ", ServerSettings.All.Select(s => s.Key))}.");
            found.Add((setting, new SettingValue($"{ServerSettings.Section}:{setting.Key} in '{file}'", TextsOf(property.Value, setting, file))));
        }
    }

    private static IReadOnlyList<string> TextsOf(JsonElement value, ServerSetting setting, string file)
    {
        if (value.ValueKind == JsonValueKind.Array && setting.IsList) return [.. value.EnumerateArray().Select(item => TextOf(item, setting, file))];
        return [TextOf(value, setting, file)];
    }

    private static string TextOf(JsonElement value, ServerSetting setting, string file) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new Depth2ImgException($"{ServerSettings.Section}:{setting.Key} in '{file}' is {(value.ValueKind == JsonValueKind.Null ? "null" : setting.IsList ? "no text in its list" : "no single value")}; a text{(setting.IsList ? ", or a list of texts," : "")} is expected."),
    };
}
