using System.Text.Json;
using Depth2Img.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>
/// What PEFT writes beside its factors: in <c>adapter_config.json</c>, or, by diffusers, as text in the safetensors
/// header, there with the network's name before each key.
/// </summary>
internal sealed class PeftSettings
{
    /// <summary>The header's key.</summary>
    private const string HeaderKey = "lora_adapter_metadata";

    /// <summary>The kinds of PEFT whose factors are read.</summary>
    private static readonly string[] Kinds = ["LORA", "LOHA", "LOKR"];

    private readonly JsonElement _settings;
    private readonly string _prefix;
    private readonly string _file;

    private PeftSettings(JsonElement settings, string prefix, string file)
    {
        _settings = settings;
        _prefix = prefix;
        _file = file;
    }

    /// <summary>Reads <c>adapter_config.json</c>.</summary>
    /// <exception cref="Depth2ImgException">It is malformed, or of a kind that is not read.</exception>
    public static PeftSettings FromFile(string path) => new PeftSettings(JsonFile.ReadObject(path), "", path).Checked();

    /// <summary>Reads what diffusers put into a header for one of the networks; null if it put nothing there.</summary>
    /// <param name="metadata">The header's texts.</param>
    /// <param name="network">"unet" or "text_encoder".</param>
    /// <param name="file">For messages.</param>
    /// <exception cref="Depth2ImgException">It is malformed, or of a kind that is not read.</exception>
    public static PeftSettings? FromHeader(IReadOnlyDictionary<string, string> metadata, string network, string file)
    {
        if (!metadata.TryGetValue(HeaderKey, out string? text)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new Depth2ImgException($"'{file}' has a '{HeaderKey}' in its header that is no JSON object.");
            return new PeftSettings(document.RootElement.Clone(), network + ".", file).Checked();
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"'{file}' has a '{HeaderKey}' in its header that is no valid JSON.", e);
        }
    }

    /// <summary>Whether these are settings of a Kronecker product, which PEFT scales whether it is factored or not.</summary>
    public bool IsLoKr => Text("peft_type") == "LOKR";

    /// <summary>What a module's change is multiplied by.</summary>
    /// <param name="module">The module's name, with dots.</param>
    /// <param name="rank">The rank of its factors.</param>
    public float ScaleOf(string module, int rank)
    {
        double alpha = Pattern("alpha_pattern", module) ?? Number("lora_alpha") ?? Number("alpha") ?? rank;
        if (alpha == 0) alpha = rank;
        bool rankStabilized = _settings.TryGetProperty(_prefix + "use_rslora", out JsonElement value) && value.ValueKind == JsonValueKind.True;
        return (float)(alpha / (rankStabilized ? Math.Sqrt(rank) : rank));
    }

    /// <summary>The scale of a module that has no factor to tell the rank by.</summary>
    public float WholeScaleOf(string module)
    {
        double rank = Pattern("rank_pattern", module) ?? Number("r") ?? 1;
        return rank is >= 1 and <= int.MaxValue ? ScaleOf(module, (int)rank) : throw Refuse("r", "a rank from 1");
    }

    private PeftSettings Checked()
    {
        string? kind = Text("peft_type");
        if (kind is not null && !Kinds.Contains(kind))
            throw new Depth2ImgException($"'{_file}' is a PEFT adapter of the kind {kind}; {string.Join(", ", Kinds)} are read.");
        if (_settings.TryGetProperty(_prefix + "use_dora", out JsonElement dora) && dora.ValueKind == JsonValueKind.True)
            throw new Depth2ImgException($"'{_file}' is a DoRA, which is not supported; a plain LoRA is.");
        return this;
    }

    private string? Text(string key) =>
        _settings.TryGetProperty(_prefix + key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private double? Number(string key)
    {
        if (!_settings.TryGetProperty(_prefix + key, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return Finite(value) ?? throw Refuse(key, "a number");
    }

    /// <summary>The entry for a module of a map from names, or ends of names, to numbers; of several the longest.</summary>
    private double? Pattern(string key, string module)
    {
        if (!_settings.TryGetProperty(_prefix + key, out JsonElement map) || map.ValueKind != JsonValueKind.Object) return null;
        double? found = null;
        int longest = -1;
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string name = entry.Name.TrimStart('^');
            if (name.Length <= longest || (module != name && !module.EndsWith("." + name, StringComparison.Ordinal))) continue;
            found = Finite(entry.Value) ?? throw Refuse(key, "numbers");
            longest = name.Length;
        }
        return found;
    }

    private static double? Finite(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    private Depth2ImgException Refuse(string key, string expected) =>
        new($"'{_file}' has '{_prefix}{key}' {_settings.GetProperty(_prefix + key).GetRawText()} among its adapter's settings; {expected} was expected.");
}
