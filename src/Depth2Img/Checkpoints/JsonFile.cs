using System.Text.Json;

namespace Depth2Img.Checkpoints;

/// <summary>Reads a checkpoint's JSON files, with errors that name the file.</summary>
internal static class JsonFile
{
    private const int MaxLength = 256 << 20;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The object that a file holds. All its texts and names are well-formed.</summary>
    /// <exception cref="Depth2ImgException">The file is missing, cannot be read, or holds no JSON object.</exception>
    public static JsonElement ReadObject(string path)
    {
        byte[] bytes = ReadBytes(path);
        int start = bytes.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes.AsMemory(start));
            JsonElement root = document.RootElement.Clone();
            if (root.ValueKind != JsonValueKind.Object)
                throw new Depth2ImgException($"'{path}' holds a JSON {Describe(root)}; an object was expected.");
            EnsureTexts(root);
            return root;
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"'{path}' is no valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new Depth2ImgException($"'{path}' has a text that is no valid Unicode.", e);
        }
    }

    /// <summary>What a value is, for messages: "text", "number", "list" and so on.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path)) throw new Depth2ImgException($"'{path}' is a folder; a JSON file was expected.");
        if (!File.Exists(path)) throw new Depth2ImgException($"There is no file '{path}'.");
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxLength)
                throw new Depth2ImgException($"'{path}' has {length} bytes; a JSON file of at most {MaxLength} was expected.");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Looks at every text and name: the parser leaves escapes and UTF-8 unchecked until one is asked for.</summary>
    /// <exception cref="InvalidOperationException">One is no valid Unicode.</exception>
    public static void EnsureTexts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            _ = value.GetString();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray()) EnsureTexts(item);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                _ = property.Name;
                EnsureTexts(property.Value);
            }
        }
    }
}
