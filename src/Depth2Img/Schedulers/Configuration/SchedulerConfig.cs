using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;

namespace Depth2Img.Schedulers;

/// <summary>
/// A scheduler's configuration as `scheduler_config.json` gives it: the reference's class and the options that the
/// file names. What it does not name is left to the defaults of the class that is built, which differ by class.
/// </summary>
public sealed record SchedulerConfig
{
    private const int MaxFileBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, JsonElement> _options;

    private SchedulerConfig(string className, Dictionary<string, JsonElement> options, string source)
    {
        ClassName = className;
        _options = options;
        Source = source;
    }

    /// <summary>The reference's class (`_class_name`), one of those that <see cref="SchedulerFactory"/> builds.</summary>
    public string ClassName { get; }

    /// <summary>What errors call the configuration: the file's path, or what the caller named it.</summary>
    public string Source { get; }

    /// <summary>The options that the configuration names.</summary>
    public IReadOnlyCollection<string> OptionNames => _options.Keys;

    /// <summary>Reads a file.</summary>
    /// <exception cref="Depth2ImgException">The file is missing or too large, is no JSON object, or names no scheduler or an unknown one.</exception>
    public static SchedulerConfig FromJson(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string text;
        try
        {
            if (Directory.Exists(path)) throw new Depth2ImgException($"'{path}' is a folder; a scheduler's configuration (JSON) was expected.");
            FileInfo file = new(path);
            if (!file.Exists) throw new Depth2ImgException($"There is no file '{path}'.");
            if (file.Length > MaxFileBytes)
                throw new Depth2ImgException($"'{path}' is no scheduler's configuration: it has {file.Length} bytes, and {MaxFileBytes} is the most.");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
        }
        return Parse(text, path);
    }

    /// <summary>Reads JSON text, in which Python's NaN and Infinity are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="Depth2ImgException">The text is no JSON object, or names no scheduler or an unknown one.</exception>
    public static SchedulerConfig Parse(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            using JsonDocument document = JsonDocument.Parse(PythonJson.ToStandard(json));
            return FromJson(document.RootElement, source);
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"'{source}' is no valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Reads a JSON object.</summary>
    /// <param name="json">The object; it need not outlive the call.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="Depth2ImgException">The value is no object, or names no scheduler or an unknown one.</exception>
    public static SchedulerConfig FromJson(JsonElement json, string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (json.ValueKind != JsonValueKind.Object)
            throw new Depth2ImgException($"'{source}' holds {OptionReader.Describe(json)}; a scheduler's configuration is a JSON object.");
        try
        {
            JsonFile.EnsureTexts(json);
        }
        catch (InvalidOperationException e)
        {
            throw new Depth2ImgException($"'{source}' has a text that is no valid Unicode.", e);
        }
        Dictionary<string, JsonElement> options = [];
        foreach (JsonProperty property in json.EnumerateObject()) options[property.Name] = property.Value.Clone();
        if (!options.Remove("_class_name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            throw new Depth2ImgException($"'{source}' names no scheduler: it needs a text _class_name, such as \"PNDMScheduler\".");
        SchedulerClass known = SchedulerClass.Find(name.GetString()!)
            ?? throw new Depth2ImgException($"'{source}' asks for the scheduler {OptionReader.Describe(name)} (_class_name), " +
                $"which is not known; known are {string.Join(", ", SchedulerClass.All.Select(c => c.Name))}.");
        return new SchedulerConfig(known.Name, options, source);
    }

    /// <summary>The value of an option; false if the configuration does not name it or leaves it null.</summary>
    internal bool TryGet(string key, out JsonElement value) =>
        _options.TryGetValue(key, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The same configuration for a network that predicts something else.</summary>
    internal SchedulerConfig WithPrediction(PredictionType type) => With([new("prediction_type", JsonSerializer.SerializeToElement(PredictionTypes.NameOf(type)))]);

    /// <summary>The same configuration with other values for some options.</summary>
    internal SchedulerConfig With(IEnumerable<KeyValuePair<string, JsonElement>> changes)
    {
        Dictionary<string, JsonElement> options = new(_options);
        foreach ((string key, JsonElement value) in changes) options[key] = value;
        return new SchedulerConfig(ClassName, options, Source);
    }

    /// <summary>The configuration as a scheduler_config.json has it.</summary>
    internal JsonObject ToJson()
    {
        JsonObject json = new() { ["_class_name"] = ClassName };
        foreach ((string key, JsonElement value) in _options) json[key] = JsonNode.Parse(value.GetRawText());
        return json;
    }
}
