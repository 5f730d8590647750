using System.Globalization;
using System.Text.Json;

namespace Depth2Img.Models;

/// <summary>
/// One object of a configuration file. Keys that nobody asks for are ignored; a key that is asked for and has another
/// type, an impossible number or a value that is not supported is an error naming the file and the key. A key that is
/// absent takes the caller's fallback, which is the reference class's default. A null is a value of its own: only the
/// members that say so take it.
/// </summary>
public sealed class JsonConfig
{
    /// <summary>The most bytes that a configuration file may have; real ones have a few thousand.</summary>
    public const int MaxFileLength = 16 * 1024 * 1024;

    /// <summary>Sizes and counts beyond this are no network's; below it their small multiples do not overflow.</summary>
    private const int MaxInteger = 1 << 24;

    private readonly JsonElement _object;
    private readonly string _path;

    private JsonConfig(JsonElement element, string source, string path)
    {
        _object = element;
        _path = path;
        Source = source;
    }

    /// <summary>Where the configuration comes from, for messages: a file's path, as a rule.</summary>
    public string Source { get; }

    /// <summary>The object as it is written.</summary>
    public string Json => _object.GetRawText();

    /// <summary>Reads a file that holds one JSON object.</summary>
    /// <exception cref="Depth2ImgException">The file is missing, cannot be read, or holds something else.</exception>
    public static JsonConfig Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path)) throw new Depth2ImgException($"'{path}' is a folder; a JSON file was expected.");
        if (!File.Exists(path)) throw new Depth2ImgException($"There is no file '{path}'.");
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > MaxFileLength)
                throw new Depth2ImgException($"'{path}' is no configuration file: it has {stream.Length} bytes, and {MaxFileLength} is the most.");
            using JsonDocument document = JsonDocument.Parse(stream);
            return FromElement(document.RootElement.Clone(), path);
        }
        catch (JsonException e)
        {
            throw Invalid(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads one JSON object from text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="Depth2ImgException">The text is something else.</exception>
    public static JsonConfig Parse(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return FromElement(document.RootElement.Clone(), source);
        }
        catch (JsonException e)
        {
            throw Invalid(source, e);
        }
    }

    /// <summary>Takes an object that was read elsewhere; its document must stay open.</summary>
    /// <param name="element">The object.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="Depth2ImgException">It is no object.</exception>
    public static JsonConfig FromElement(JsonElement element, string source)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new Depth2ImgException($"'{source}' holds {Describe(element)}; a configuration is a JSON object.");
        try
        {
            RequireNames(element);
        }
        catch (InvalidOperationException e)
        {
            throw new Depth2ImgException($"'{source}' has a key that is no valid text.", e);
        }
        return new JsonConfig(element, source, "");
    }

    /// <summary>Whether the key is there with a value other than null.</summary>
    public bool Has(string key) => Find(key) is { ValueKind: not JsonValueKind.Null };

    /// <summary>A whole number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">What an absent key means; null if the key must be there.</param>
    /// <param name="min">The least value that makes sense.</param>
    /// <exception cref="Depth2ImgException">It is absent without a fallback, no whole number, or out of range.</exception>
    public int Integer(string key, int? fallback = null, int min = 1) =>
        Find(key) is { } value ? ToInteger(value, key, min) : fallback ?? throw Missing(key);

    /// <summary>A whole number, or null if the key is absent or null.</summary>
    /// <exception cref="Depth2ImgException">It is no whole number, or out of range.</exception>
    public int? OptionalInteger(string key, int min = 1) => Has(key) ? Integer(key, null, min) : null;

    /// <summary>A number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">What an absent key means; null if the key must be there.</param>
    /// <exception cref="Depth2ImgException">It is absent without a fallback, or no finite number.</exception>
    public double Number(string key, double? fallback = null) =>
        Find(key) is { } value ? ToNumber(value, key) : fallback ?? throw Missing(key);

    /// <summary>A number, or null if the key is absent or null.</summary>
    /// <exception cref="Depth2ImgException">It is no finite number.</exception>
    public double? OptionalNumber(string key) => Has(key) ? Number(key) : null;

    /// <summary>True or false.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">What an absent key means; null if the key must be there.</param>
    /// <exception cref="Depth2ImgException">It is absent without a fallback, or neither true nor false.</exception>
    public bool Boolean(string key, bool? fallback = null) => Find(key) switch
    {
        null => fallback ?? throw Missing(key),
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw WrongType(key, value, "true or false"),
    };

    /// <summary>A text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">What an absent key means; null if the key must be there.</param>
    /// <exception cref="Depth2ImgException">It is absent without a fallback, or no text.</exception>
    public string Text(string key, string? fallback = null) =>
        Find(key) is { } value ? ToText(value, key) : fallback ?? throw Missing(key);

    /// <summary>A text, or null if the key is absent or null.</summary>
    /// <exception cref="Depth2ImgException">It is no text.</exception>
    public string? OptionalText(string key) => Has(key) ? Text(key) : null;

    /// <summary>A text out of a few.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">What an absent key means; null if the key must be there.</param>
    /// <param name="supported">The texts that are understood.</param>
    /// <exception cref="Depth2ImgException">It is absent without a fallback, no text, or none of these.</exception>
    public string Choice(string key, string? fallback, params ReadOnlySpan<string> supported)
    {
        string text = Text(key, fallback);
        return supported.Contains(text) ? text : throw Unsupported(key, Quote(text), Alternatives(supported));
    }

    /// <summary>A list of whole numbers, not empty.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">What an absent key means; null if the key must be there.</param>
    /// <param name="min">The least value that makes sense.</param>
    /// <exception cref="Depth2ImgException">It is absent without a fallback, no list, empty, or an entry is no whole number or out of range.</exception>
    public IReadOnlyList<int> Integers(string key, IReadOnlyList<int>? fallback = null, int min = 1) =>
        List(key, fallback, (value, entry) => ToInteger(value, entry, min), "a list of whole numbers");

    /// <summary>A list of numbers, not empty.</summary>
    /// <inheritdoc cref="Integers"/>
    public IReadOnlyList<double> Numbers(string key, IReadOnlyList<double>? fallback = null) =>
        List(key, fallback, ToNumber, "a list of numbers");

    /// <summary>A list of texts, not empty.</summary>
    /// <inheritdoc cref="Integers"/>
    public IReadOnlyList<string> Texts(string key, IReadOnlyList<string>? fallback = null) =>
        List(key, fallback, ToText, "a list of texts");

    /// <summary>A whole number for each of several things: a list of so many, or one number that holds for all.</summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many things (a network's blocks) there are.</param>
    /// <param name="fallback">What an absent key means for all of them; null if the key must be there.</param>
    /// <exception cref="Depth2ImgException">It is absent without a fallback, neither of the two, or a list of another length.</exception>
    public IReadOnlyList<int> IntegerPerBlock(string key, int count, int? fallback = null)
    {
        if (Find(key) is not { ValueKind: JsonValueKind.Array }) return [.. Enumerable.Repeat(Integer(key, fallback), count)];
        return OfLength(key, Integers(key), count);
    }

    /// <summary>True or false for each of several things: a list of so many, or one value that holds for all.</summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many things (a network's blocks) there are.</param>
    /// <param name="fallback">What an absent key means for all of them.</param>
    /// <exception cref="Depth2ImgException">It is neither of the two, or a list of another length.</exception>
    public IReadOnlyList<bool> BooleanPerBlock(string key, int count, bool fallback)
    {
        if (Find(key) is not { ValueKind: JsonValueKind.Array }) return [.. Enumerable.Repeat(Boolean(key, fallback), count)];
        return OfLength(key, List(key, null, ToBoolean, "a list of true and false"), count);
    }

    /// <summary>An object inside this one, or null if the key is absent or null.</summary>
    /// <exception cref="Depth2ImgException">It is no object.</exception>
    public JsonConfig? OptionalObject(string key)
    {
        if (!Has(key)) return null;
        JsonElement value = Find(key)!.Value;
        if (value.ValueKind != JsonValueKind.Object) throw WrongType(key, value, "an object");
        return new JsonConfig(value, Source, FullKey(key));
    }

    /// <summary>
    /// Refuses every value of a key but the one under which the network computes what is implemented. Absent counts
    /// as that value, since the reference's defaults are the published family's.
    /// </summary>
    /// <param name="key">A key that changes the mathematics.</param>
    /// <param name="supported">The one value: a number, a truth value, a text, or null.</param>
    /// <exception cref="Depth2ImgException">The key has another value.</exception>
    public void RequireOnly(string key, object? supported)
    {
        if (Find(key) is not { } value) return;
        bool same = supported switch
        {
            null => value.ValueKind == JsonValueKind.Null,
            bool flag => value.ValueKind == (flag ? JsonValueKind.True : JsonValueKind.False),
            string text => value.ValueKind == JsonValueKind.String && ToText(value, key) == text,
            IConvertible number => value.ValueKind == JsonValueKind.Number && value.GetDouble() == number.ToDouble(CultureInfo.InvariantCulture),
            _ => throw new ArgumentException("A number, a truth value, a text, or null.", nameof(supported)),
        };
        if (!same) throw Unsupported(key, Describe(value), Render(supported));
    }

    /// <summary>
    /// Refuses a configuration of another class: `_class_name` (diffusers), `architectures` or else `model_type`
    /// (transformers), where present.
    /// </summary>
    /// <param name="classNames">The classes whose weights can be read.</param>
    /// <param name="modelTypes">The model types whose weights can be read; empty if the class has none.</param>
    /// <exception cref="Depth2ImgException">The configuration names another class.</exception>
    public void RequireClass(ReadOnlySpan<string> classNames, params ReadOnlySpan<string> modelTypes)
    {
        if (Has("_class_name") && !classNames.Contains(Text("_class_name")))
            throw Unsupported("_class_name", Quote(Text("_class_name")), Alternatives(classNames));
        if (Has("architectures"))
        {
            IReadOnlyList<string> named = Texts("architectures");
            bool known = false;
            foreach (string name in named) known |= classNames.Contains(name);
            if (!known) throw Unsupported("architectures", string.Join(", ", named.Select(Quote)), Alternatives(classNames));
        }
        if (!modelTypes.IsEmpty && Has("model_type") && !modelTypes.Contains(Text("model_type")))
            throw Unsupported("model_type", Quote(Text("model_type")), Alternatives(modelTypes));
    }

    /// <summary>An error about a key's value, to be thrown: "'config.json': norm_num_groups is 7, which does not divide …".</summary>
    /// <param name="key">The key.</param>
    /// <param name="complaint">The rest of the sentence after the key, without the full stop.</param>
    public Depth2ImgException Error(string key, string complaint) => new($"'{Source}': {FullKey(key)} {complaint}.");

    // Half a surrogate pair, written as an escape, is valid JSON; looking for any key then fails.
    private static void RequireNames(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                RequireNames(property.Value);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray()) RequireNames(item);
        }
    }

    private JsonElement? Find(string key) => _object.TryGetProperty(key, out JsonElement value) ? value : null;

    private string FullKey(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private IReadOnlyList<T> List<T>(string key, IReadOnlyList<T>? fallback, Func<JsonElement, string, T> convert, string expected)
    {
        if (Find(key) is not { } value) return fallback ?? throw Missing(key);
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(key, value, expected);
        T[] entries = [.. value.EnumerateArray().Select((entry, i) => convert(entry, $"{key}[{i}]"))];
        return entries.Length > 0 ? entries : throw Error(key, "is an empty list");
    }

    private IReadOnlyList<T> OfLength<T>(string key, IReadOnlyList<T> list, int count) =>
        list.Count == count ? list : throw Error(key, $"has {list.Count} entries; {count} were expected, or one value for all");

    private int ToInteger(JsonElement value, string key, int min)
    {
        // Numbers such as 32.0 come from tools that know one kind of number only.
        if (value.ValueKind != JsonValueKind.Number || value.GetDouble() is var number && number != Math.Floor(number))
            throw WrongType(key, value, "a whole number");
        if (number < min || number > MaxInteger)
            throw Error(key, $"is {value.GetRawText()}; a whole number from {min} to {MaxInteger} was expected");
        return (int)number;
    }

    private double ToNumber(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()) ? value.GetDouble() : throw WrongType(key, value, "a finite number");

    private bool ToBoolean(JsonElement value, string key) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw WrongType(key, value, "true or false");

    private string ToText(JsonElement value, string key)
    {
        if (value.ValueKind != JsonValueKind.String) throw WrongType(key, value, "a text");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as an escape, is valid JSON and no text.
            throw Error(key, "is no valid text");
        }
    }

    private Depth2ImgException Missing(string key) => Error(key, "is missing");

    private Depth2ImgException WrongType(string key, JsonElement value, string expected) =>
        Error(key, $"is {Describe(value)}; {expected} was expected");

    private Depth2ImgException Unsupported(string key, string found, string supported) =>
        Error(key, $"is {found}, which is not supported; {supported} is");

    private static Depth2ImgException Invalid(string source, JsonException e) =>
        new($"'{source}' is not valid JSON (line {e.LineNumber + 1}).", e);

    private static string Quote(string text) => $"\"{text}\"";

    private static string Alternatives(ReadOnlySpan<string> texts)
    {
        string[] quoted = new string[texts.Length];
        for (int i = 0; i < texts.Length; i++) quoted[i] = Quote(texts[i]);
        return string.Join(" or ", quoted);
    }

    private static string Render(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => Quote(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => value.GetRawText() is { Length: <= 80 } text ? text : "a long text",
    };
}
