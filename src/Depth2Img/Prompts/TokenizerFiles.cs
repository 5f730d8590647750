using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;

namespace Depth2Img.Prompts;

/// <summary>Writes a tokenizer as the files of a checkpoint's tokenizer folder, which read as the same tokenizer.</summary>
internal static class TokenizerFiles
{
    /// <summary>vocab.json, merges.txt, and the two files that name the special tokens.</summary>
    public static IReadOnlyList<CheckpointFile> Of(TokenizerData tokenizer)
    {
        Dictionary<int, string> tokens = [];
        JsonObject vocabulary = [];
        foreach ((string token, int id) in tokenizer.Vocabulary.OrderBy(entry => entry.Value))
        {
            vocabulary[token] = id;
            tokens.TryAdd(id, token);
        }
        StringBuilder merges = new("#version: 0.2\n");
        foreach (MergeRule merge in tokenizer.Merges) merges.Append(CultureInfo.InvariantCulture, $"{tokens[merge.Left]} {tokens[merge.Right]}\n");
        JsonObject config = new()
        {
            ["tokenizer_class"] = "CLIPTokenizer",
            ["do_lower_case"] = true,
            ["model_max_length"] = tokenizer.MaxLength,
        };
        foreach ((string role, JsonNode? token) in Roles(tokenizer)) config[role] = token!.DeepClone();
        config["added_tokens_decoder"] = Special(tokenizer);
        return
        [
            FolderFiles.ToFile("tokenizer/vocab.json", vocabulary),
            new CheckpointFile("tokenizer/merges.txt", Encoding.UTF8.GetBytes(merges.ToString())),
            FolderFiles.ToFile("tokenizer/tokenizer_config.json", config),
            FolderFiles.ToFile("tokenizer/special_tokens_map.json", Roles(tokenizer)),
        ];
    }

    private static JsonObject Roles(TokenizerData tokenizer)
    {
        return new JsonObject
        {
            ["bos_token"] = TextOf(tokenizer.StartId),
            ["eos_token"] = TextOf(tokenizer.EndId),
            ["unk_token"] = TextOf(tokenizer.UnknownId),
            ["pad_token"] = TextOf(tokenizer.PaddingId),
        };

        // A role's token is a special one, whatever else the vocabulary may call its id.
        string TextOf(int id) => tokenizer.SpecialTokens.First(t => t.Id == id).Content;
    }

    private static JsonObject Special(TokenizerData tokenizer)
    {
        JsonObject byId = [];
        foreach (SpecialToken token in tokenizer.SpecialTokens.OrderBy(t => t.Id))
        {
            byId[token.Id.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["content"] = token.Content,
                ["lstrip"] = false,
                ["normalized"] = token.IsNormalized,
                ["rstrip"] = false,
                ["single_word"] = false,
                ["special"] = true,
            };
        }
        return byId;
    }
}
