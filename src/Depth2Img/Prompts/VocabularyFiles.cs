using System.Text.Json;

namespace Depth2Img.Prompts;

/// <summary>Reads the vocabulary and the merges of a byte-pair encoding, from vocab.json and merges.txt or from tokenizer.json.</summary>
internal static class VocabularyFiles
{
    /// <summary>Reads an object of ids by token.</summary>
    /// <param name="vocabulary">The object.</param>
    /// <param name="path">The file it is in, for messages.</param>
    public static Dictionary<string, int> ReadVocabulary(JsonElement vocabulary, string path)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in vocabulary.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id < 0)
                throw new Depth2ImgException($"'{path}' gives the token '{entry.Name}' the id {entry.Value.GetRawText()}; a whole number from 0 was expected.");
            ids[entry.Name] = id;
        }
        return ids;
    }

    /// <summary>Reads merges.txt: a version line, then two tokens a line, separated by one blank.</summary>
    public static List<MergeRule> ReadMergesFile(string path, Dictionary<string, int> vocabulary)
    {
        List<MergeRule> merges = [];
        try
        {
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (line.Length == 0 || line.StartsWith("#version", StringComparison.Ordinal)) continue;
                merges.Add(ReadPair(line, vocabulary, path, "line", number));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
        }
        return merges;
    }

    /// <summary>Reads the list of merges in tokenizer.json: "a b" in older files, ["a", "b"] in newer ones.</summary>
    public static List<MergeRule> ReadMergesList(JsonElement list, Dictionary<string, int> vocabulary, string path)
    {
        List<MergeRule> merges = [];
        int number = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            number++;
            if (item.ValueKind == JsonValueKind.String)
            {
                merges.Add(ReadPair(item.GetString()!, vocabulary, path, "merge", number));
                continue;
            }
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || item.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.String))
                throw new Depth2ImgException($"'{path}', merge {number}: two tokens were expected.");
            merges.Add(Resolve(item[0].GetString()!, item[1].GetString()!, vocabulary, path, "merge", number));
        }
        return merges;
    }

    private static MergeRule ReadPair(string text, Dictionary<string, int> vocabulary, string path, string what, int number)
    {
        string[] tokens = text.Split(' ');
        if (tokens.Length != 2 || tokens[0].Length == 0 || tokens[1].Length == 0)
            throw new Depth2ImgException($"'{path}', {what} {number}: two tokens with a blank between were expected, not '{Shorten(text)}'.");
        return Resolve(tokens[0], tokens[1], vocabulary, path, what, number);
    }

    private static MergeRule Resolve(string left, string right, Dictionary<string, int> vocabulary, string path, string what, int number)
    {
        return new MergeRule(IdOf(left), IdOf(right), IdOf(left + right));

        int IdOf(string token) => vocabulary.TryGetValue(token, out int id)
            ? id
            : throw new Depth2ImgException($"'{path}', {what} {number}: the vocabulary has no token '{Shorten(token)}'.");
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
