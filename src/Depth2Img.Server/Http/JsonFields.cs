using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Http;

/// <summary>
/// Reads a JSON object field by field and notes every fault, with the field's name, instead of stopping at the first.
/// Forms arrive as texts: where <paramref name="texts"/> says so, numbers and truth values are read from texts too.
/// </summary>
/// <param name="fields">The object.</param>
/// <param name="faults">Receives the faults.</param>
/// <param name="prefix">What to put before names in faults.</param>
/// <param name="texts">Whether every value may be written as a text.</param>
internal sealed class JsonFields(JsonObject fields, Faults faults, string prefix = "", bool texts = false)
{
    private const int MostUnknown = 20;

    /// <summary>Levels of an object or a list that a form has as a text; no field needs more.</summary>
    private const int TextDepth = 8;

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Receives faults.</summary>
    public Faults Faults => faults;

    /// <summary>A text; null if there is none.</summary>
    public string? Text(string name, int most)
    {
        if (Get(name) is not { } value) return null;
        if (value is not JsonValue v || v.GetValueKind() != JsonValueKind.String) return Wrong<string>(name, value, "a text");
        string text = v.GetValue<string>();
        if (text.Length <= most) return text;
        Add(name, $"{name} has {text.Length} characters; at most {most} are taken.");
        return null;
    }

    /// <summary>One of a few words; null if there is none.</summary>
    public string? Word(string name, params IReadOnlyList<string> words)
    {
        if (Text(name, 200) is not { } text) return null;
        if (words.Contains(text)) return text;
        Add(name, $"{name} is '{ShortText.Of(text)}'; {string.Join(" or ", words)} is expected.");
        return null;
    }

    /// <summary>One of an enumeration's words, as answers write them; null if there is none.</summary>
    public T? Word<T>(string name) where T : struct, Enum
    {
        string[] words = WordsOf<T>();
        return Word(name, words) is { } word ? Enum.GetValues<T>()[Array.IndexOf(words, word)] : null;
    }

    /// <summary>An enumeration's words, as requests and answers write them.</summary>
    public static string[] WordsOf<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()))];

    /// <summary>A finite number; null if there is none.</summary>
    public double? Number(string name)
    {
        if (Get(name) is not { } value) return null;
        if (value is JsonValue v)
        {
            if (v.GetValueKind() == JsonValueKind.Number && double.TryParse(v.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) return number;
            if (texts && v.GetValueKind() == JsonValueKind.String && double.TryParse(v.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number)) return number;
        }
        return Wrong<double?>(name, value, "a number");
    }

    /// <summary>A number within bounds; null if there is none.</summary>
    public double? Number(string name, double least, double most)
    {
        if (Number(name) is not { } number) return null;
        if (number >= least && number <= most) return number;
        Add(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {number}; it must be from {least} to {most}."));
        return null;
    }

    /// <summary>A list of finite numbers, in a form also with commas between them; null if there is none.</summary>
    /// <param name="name">The field.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<double>? Numbers(string name, int most)
    {
        if (texts && Get(name) is JsonValue v && v.GetValueKind() == JsonValueKind.String && v.GetValue<string>() is var text && !text.TrimStart().StartsWith('['))
            return ReadNumbers(name, new JsonArray([.. text.Split(',').Select(part => JsonValue.Create(part.Trim()))]), most);
        return List(name) is { } list ? ReadNumbers(name, list, most) : null;
    }

    /// <summary>A whole number; null if there is none.</summary>
    public long? Whole(string name)
    {
        if (Get(name) is not { } value) return null;
        if (value is JsonValue v)
        {
            string? text = v.GetValueKind() == JsonValueKind.Number ? v.ToJsonString() : texts && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : null;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) return number;
            // 20.0 is a whole number as some programs write it.
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && real == Math.Floor(real) && Math.Abs(real) < 1e15) return (long)real;
        }
        return Wrong<long?>(name, value, "a whole number");
    }

    /// <summary>A whole number within bounds; null if there is none.</summary>
    public int? Whole(string name, int least, int most)
    {
        if (Whole(name) is not { } number) return null;
        if (number >= least && number <= most) return (int)number;
        Add(name, $"{name} is {number}; it must be from {least} to {most}.");
        return null;
    }

    /// <summary>True or false; null if there is none.</summary>
    public bool? Truth(string name)
    {
        if (Get(name) is not { } value) return null;
        if (value is JsonValue v)
        {
            if (v.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return v.GetValue<bool>();
            if (texts && v.GetValueKind() == JsonValueKind.String)
            {
                switch (v.GetValue<string>())
                {
                    case "true" or "on" or "1": return true;
                    case "false" or "off" or "0": return false;
                }
            }
            // Programs in other languages write truth as a number.
            if (texts && v.GetValueKind() == JsonValueKind.Number && v.ToJsonString() is "0" or "1") return v.ToJsonString() == "1";
        }
        return Wrong<bool?>(name, value, "true or false");
    }

    /// <summary>An object within this one; null if there is none.</summary>
    public JsonFields? Object(string name)
    {
        if (Structure(name) is not { } value) return null;
        return value is JsonObject inner ? Within(inner, name) : Wrong<JsonFields>(name, value, "an object");
    }

    /// <summary>A list; null if there is none.</summary>
    public JsonArray? List(string name)
    {
        if (Structure(name) is not { } value) return null;
        return value as JsonArray ?? Wrong<JsonArray>(name, value, "a list");
    }

    /// <summary>A list of objects; null if there is none.</summary>
    /// <param name="name">The field.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<JsonFields>? Objects(string name, int most)
    {
        if (List(name) is not { } list || !RequireLength(name, list, most)) return null;
        List<JsonFields> objects = [];
        for (int n = 0; n < list.Count; n++)
        {
            if (list[n] is JsonObject inner) objects.Add(Within(inner, $"{name}[{n}]"));
            else Wrong<JsonFields>($"{name}[{n}]", list[n], "an object");
        }
        return objects;
    }

    /// <summary>A file in base64, bare or as a data URL; null if there is none.</summary>
    public byte[]? File(string name)
    {
        if (Get(name) is not { } value) return null;
        if (value is not JsonValue v || v.GetValueKind() != JsonValueKind.String) return Wrong<byte[]>(name, value, "a file in base64");
        try
        {
            return Base64Files.Decode(v.GetValue<string>());
        }
        catch (FormatException e)
        {
            Add(name, $"{name}: {e.Message}");
            return null;
        }
    }

    /// <summary>The names of all fields.</summary>
    public IReadOnlyList<string> FieldNames => [.. fields.Select(entry => entry.Key)];

    /// <summary>A value as it was sent, whatever it is; null if there is none.</summary>
    public JsonNode? Peek(string name) => Get(name);

    /// <summary>Notes a fault of a field.</summary>
    public void Add(string name, string message) => faults.Add(prefix + name, message);

    /// <summary>Notes every field that nothing has asked for: a name that is misspelt must not be passed over.</summary>
    public void RefuseUnknown()
    {
        string known = string.Join(", ", _read.Order(StringComparer.Ordinal));
        foreach (string name in fields.Select(field => field.Key).Where(name => !_read.Contains(name)).Take(MostUnknown))
            Add(ShortText.Of(name), $"There is no field '{ShortText.Of(name)}' here; there is {known}.");
    }

    private JsonNode? Get(string name)
    {
        _read.Add(name);
        JsonNode? value = fields[name];
        // A form's empty field is one that was not filled in.
        return texts && value is JsonValue v && v.GetValueKind() == JsonValueKind.String && v.GetValue<string>().Length == 0 ? null : value;
    }

    /// <summary>A value that is an object or a list. A form has it as a text in JSON.</summary>
    private JsonNode? Structure(string name)
    {
        JsonNode? value = Get(name);
        if (!texts || value is not JsonValue v || v.GetValueKind() != JsonValueKind.String) return value;
        try
        {
            return RequestJson.Parse(System.Text.Encoding.UTF8.GetBytes(v.GetValue<string>()), TextDepth);
        }
        catch (FormatException e)
        {
            Add(name, $"{name}: {e.Message}");
            return null;
        }
    }

    private List<double>? ReadNumbers(string name, JsonArray list, int most)
    {
        if (!RequireLength(name, list, most)) return null;
        List<double> numbers = [];
        for (int n = 0; n < list.Count; n++)
        {
            // As a field of its own, so that there is one way to read a number.
            if (list[n] is not { } value) Wrong<double?>($"{name}[{n}]", null, "a number");
            else if (new JsonFields(new JsonObject { [$"{name}[{n}]"] = value.DeepClone() }, faults, prefix, texts).Number($"{name}[{n}]") is { } number) numbers.Add(number);
        }
        return numbers;
    }

    private bool RequireLength(string name, JsonArray list, int most)
    {
        if (list.Count <= most) return true;
        Add(name, $"{name} has {list.Count} entries; at most {most} are taken.");
        return false;
    }

    private JsonFields Within(JsonObject inner, string name) => new(inner, faults, $"{prefix}{name}.", texts);

    private T? Wrong<T>(string name, JsonNode? value, string expected)
    {
        string found = value switch
        {
            null => "null",
            JsonObject => "an object",
            JsonArray => "a list",
            JsonValue v when v.GetValueKind() == JsonValueKind.String => $"the text '{ShortText.Of(v.GetValue<string>())}'",
            _ => ShortText.Of(value.ToJsonString()),
        };
        Add(name, $"{name} is {found}; {expected} is expected.");
        return default;
    }
}
