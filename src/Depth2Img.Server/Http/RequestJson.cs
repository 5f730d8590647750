using System.Text.Json;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Http;

/// <summary>Parses clients' JSON: bounded in depth, no property twice, every text whole.</summary>
internal static class RequestJson
{
    /// <summary>Parses a value.</summary>
    /// <param name="bytes">UTF-8.</param>
    /// <param name="depth">The most levels.</param>
    /// <exception cref="FormatException">It is malformed; the message is a sentence.</exception>
    public static JsonNode? Parse(byte[] bytes, int depth)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) throw new FormatException("The JSON is no UTF-8.");
        try
        {
            RequireTexts(bytes, depth);
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = depth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message.Contains("depth", StringComparison.OrdinalIgnoreCase)
                ? $"The JSON is nested deeper than {depth} levels."
                : $"The JSON is malformed at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.", e);
        }
    }

    /// <summary>Reads every text with escapes once: half a surrogate is found when it is read, and parsing does not read it.</summary>
    private static void RequireTexts(byte[] bytes, int depth)
    {
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions { MaxDepth = depth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped) reader.GetString();
            }
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A text in the JSON holds half of a surrogate pair.", e);
        }
    }
}
