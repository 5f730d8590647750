using System.Text;
using System.Text.Json;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>Named texts in a JPEG, which has room for one comment without a name: several are kept as a JSON object.</summary>
internal static class JpegText
{
    /// <summary>The key of a comment that is no such object.</summary>
    public const string CommentKey = "comment";

    /// <summary>The comment that holds the texts; null for none.</summary>
    public static string? ToComment(IReadOnlyDictionary<string, string>? text)
    {
        if (text is null || text.Count == 0) return null;
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            foreach ((string key, string value) in text) writer.WriteString(key, value);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.ToArray());
    }

    /// <summary>The texts of a comment; of a foreign one, the comment itself.</summary>
    public static IReadOnlyDictionary<string, string> FromComment(string? comment)
    {
        if (comment is null) return new Dictionary<string, string>();
        return TryParse(comment) ?? new Dictionary<string, string> { [CommentKey] = comment };
    }

    private static Dictionary<string, string>? TryParse(string comment)
    {
        if (!comment.StartsWith('{')) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(comment);
            Dictionary<string, string> text = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.String) return null;
                text[property.Name] = property.Value.GetString()!;
            }
            return text;
        }
        // Half a surrogate pair is only met when a text is taken out.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
