using System.Text.Json;
using Depth2Img.Checkpoints;

namespace Depth2Img.Prompts;

/// <summary>Reads the tokenizer folder of a checkpoint.</summary>
internal sealed class TokenizerFolder
{
    private const int DefaultMaxLength = 77;
    private const int LargestMaxLength = 1 << 16;
    private const string DefaultStart = "<|startoftext|>";
    private const string DefaultEnd = "<|endoftext|>";

    private readonly string _folder;
    private readonly JsonElement? _config;
    private readonly JsonElement? _map;
    private readonly JsonElement? _tokenizer;
    private readonly string _vocabularyPath;
    private readonly Dictionary<string, int> _vocabulary;
    private readonly List<MergeRule> _merges;
    private readonly List<SpecialToken> _special = [];

    private TokenizerFolder(string folder)
    {
        _folder = folder;
        _config = ReadIfPresent("tokenizer_config.json");
        _map = ReadIfPresent("special_tokens_map.json");
        string vocabularyPath = Path.Combine(folder, "vocab.json");
        string mergesPath = Path.Combine(folder, "merges.txt");
        string tokenizerPath = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(vocabularyPath) && File.Exists(mergesPath))
        {
            _vocabularyPath = vocabularyPath;
            _vocabulary = VocabularyFiles.ReadVocabulary(JsonFile.ReadObject(vocabularyPath), vocabularyPath);
            _merges = VocabularyFiles.ReadMergesFile(mergesPath, _vocabulary);
        }
        else if (File.Exists(tokenizerPath))
        {
            _vocabularyPath = tokenizerPath;
            _tokenizer = JsonFile.ReadObject(tokenizerPath);
            JsonElement model = Member(_tokenizer.Value, "model", JsonValueKind.Object, tokenizerPath, "object");
            CheckKind(model, tokenizerPath);
            _vocabulary = VocabularyFiles.ReadVocabulary(Member(model, "vocab", JsonValueKind.Object, tokenizerPath, "object"), tokenizerPath);
            _merges = VocabularyFiles.ReadMergesList(Member(model, "merges", JsonValueKind.Array, tokenizerPath, "list"), _vocabulary, tokenizerPath);
        }
        else
        {
            string missing = File.Exists(vocabularyPath) ? "merges.txt" : File.Exists(mergesPath) ? "vocab.json" : "vocab.json and merges.txt";
            throw new Depth2ImgException(Directory.Exists(folder)
                ? $"The tokenizer folder '{folder}' lacks {missing} (or tokenizer.json)."
                : $"There is no tokenizer folder '{folder}'.");
        }
    }

    /// <summary>Reads all that a tokenizer needs.</summary>
    /// <exception cref="Depth2ImgException">A file is missing or malformed.</exception>
    public static TokenizerData Read(string folder) => new TokenizerFolder(folder).Read();

    private TokenizerData Read()
    {
        int start = Role("bos_token", DefaultStart);
        int end = Role("eos_token", DefaultEnd);
        int unknown = Role("unk_token", DefaultEnd);
        int padding = Role("pad_token", DefaultEnd);
        AddListed();
        return new TokenizerData
        {
            Vocabulary = _vocabulary,
            Merges = _merges,
            SpecialTokens = _special,
            StartId = start,
            EndId = end,
            UnknownId = unknown,
            PaddingId = padding,
            MaxLength = ReadMaxLength(),
        };
    }

    // Published folders can disagree: Stable Diffusion 2's configuration names one padding token and its map of special
    // tokens another, "!". The reference lets the map win, unless the configuration is of the newer kind that lists
    // every added token.
    private int Role(string role, string byDefault)
    {
        bool isNewer = _config?.TryGetProperty("added_tokens_decoder", out _) ?? false;
        (JsonElement? Source, string File)[] sources = isNewer
            ? [(_config, "tokenizer_config.json"), (_map, "special_tokens_map.json")]
            : [(_map, "special_tokens_map.json"), (_config, "tokenizer_config.json")];
        foreach ((JsonElement? source, string file) in sources)
        {
            if (source is not JsonElement tokens || !tokens.TryGetProperty(role, out JsonElement value) || value.ValueKind == JsonValueKind.Null) continue;
            string path = Path.Combine(_folder, file);
            string content = value.ValueKind == JsonValueKind.String ? value.GetString()! : Content(value, role, path);
            return Add(content, IdOf(content, role), IsNormalized(value));
        }
        return Add(byDefault, IdOf(byDefault, role), isNormalized: false);
    }

    private int IdOf(string content, string role) => _vocabulary.TryGetValue(content, out int id)
        ? id
        : throw new Depth2ImgException($"'{_vocabularyPath}' has no token '{content}', which is the tokenizer's {role}.");

    // Further tokens that the files list as added to the vocabulary.
    private void AddListed()
    {
        if (_config is JsonElement config && config.TryGetProperty("added_tokens_decoder", out JsonElement byId) && byId.ValueKind == JsonValueKind.Object)
        {
            string path = Path.Combine(_folder, "tokenizer_config.json");
            foreach (JsonProperty entry in byId.EnumerateObject())
            {
                if (!int.TryParse(entry.Name, out int id) || id < 0)
                    throw new Depth2ImgException($"'{path}' has the id '{entry.Name}' in added_tokens_decoder; a whole number from 0 was expected.");
                Add(Content(entry.Value, "added_tokens_decoder", path), id, IsNormalized(entry.Value));
            }
        }
        if (_tokenizer is JsonElement tokenizer && tokenizer.TryGetProperty("added_tokens", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement entry in list.EnumerateArray())
            {
                string content = Content(entry, "added_tokens", _vocabularyPath);
                if (!entry.TryGetProperty("id", out JsonElement value) || value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int id) || id < 0)
                    throw new Depth2ImgException($"'{_vocabularyPath}' gives the added token '{content}' no id; a whole number from 0 was expected.");
                Add(content, id, IsNormalized(entry));
            }
        }
    }

    private int Add(string content, int id, bool isNormalized)
    {
        if (content.Length > 0 && !_special.Exists(t => t.Content == content)) _special.Add(new SpecialToken(content, id, isNormalized));
        return id;
    }

    private int ReadMaxLength()
    {
        if (_config is not JsonElement config || !config.TryGetProperty("model_max_length", out JsonElement value)) return DefaultMaxLength;
        string path = Path.Combine(_folder, "tokenizer_config.json");
        // "No limit" is written as a huge number; the text encoder has one all the same.
        if (value.ValueKind == JsonValueKind.Number && value.GetDouble() > LargestMaxLength) return DefaultMaxLength;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int length) && length >= 2
            ? length
            : throw new Depth2ImgException($"'{path}' has the model_max_length {value.GetRawText()}; a whole number from 2 was expected.");
    }

    private JsonElement? ReadIfPresent(string file)
    {
        string path = Path.Combine(_folder, file);
        return File.Exists(path) ? JsonFile.ReadObject(path) : null;
    }

    private static void CheckKind(JsonElement model, string path)
    {
        string? type = model.TryGetProperty("type", out JsonElement t) && t.ValueKind == JsonValueKind.String ? t.GetString() : null;
        if (type is not (null or "BPE"))
            throw new Depth2ImgException($"'{path}' is a tokenizer of the kind '{type}'; CLIP's is 'BPE'.");
        string? suffix = model.TryGetProperty("end_of_word_suffix", out JsonElement s) && s.ValueKind == JsonValueKind.String ? s.GetString() : null;
        if (suffix != BytePairEncoding.EndOfWord)
            throw new Depth2ImgException($"'{path}' has the end_of_word_suffix '{suffix}'; CLIP's is '{BytePairEncoding.EndOfWord}'.");
    }

    private static string Content(JsonElement token, string role, string path) =>
        token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out JsonElement content) && content.ValueKind == JsonValueKind.String
            ? content.GetString()!
            : throw new Depth2ImgException($"'{path}' has {token.GetRawText()} in {role}; a token's text, or an object with its 'content', was expected.");

    private static bool IsNormalized(JsonElement token) =>
        token.ValueKind == JsonValueKind.Object && token.TryGetProperty("normalized", out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind, string path, string kindName) =>
        parent.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind
            ? member
            : throw new Depth2ImgException($"'{path}' has no {kindName} '{name}', as a tokenizer.json should.");
}
