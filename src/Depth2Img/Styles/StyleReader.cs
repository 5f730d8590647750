using System.Text;
using System.Text.Json;
using Depth2Img.IO;
using Depth2Img.Schedulers;

namespace Depth2Img.Styles;

/// <summary>Reads styles from JSON with comments and trailing commas. Every error names file and line.</summary>
internal ref struct StyleReader
{
    private const long MaxBytes = 1 << 20;
    private const int MaxNameLength = 64;
    private const double MaxGuidance = 100;
    private const string Fields = "name, description, prompt, negative, strength, guidance, steps and scheduler";

    private readonly string _source;
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private string _field = "";

    private StyleReader(string source, ReadOnlySpan<byte> json)
    {
        _source = source;
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file.</summary>
    public static StylePreset Read(string path) => Read(InputFile.ReadAllBytes(path, "a style (.json)", MaxBytes), path, Path.GetFileNameWithoutExtension(path));

    /// <summary>Reads a style.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="source">What they are called in messages.</param>
    /// <param name="defaultName">What the style is called if it does not say.</param>
    public static StylePreset Read(ReadOnlySpan<byte> json, string source, string defaultName)
    {
        if (json.StartsWith(ByteOrderMark)) json = json[ByteOrderMark.Length..];
        try
        {
            return new StyleReader(source, json).ReadStyle(defaultName);
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"'{source}', line {e.LineNumber + 1}: this is no valid JSON.", e);
        }
    }

    private StylePreset ReadStyle(string defaultName)
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject) throw Refuse("a JSON object was expected");
        StylePreset style = new() { Name = defaultName, Prompt = "" };
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            _field = Text();
            if (!seen.Add(_field)) throw Refuse($"\"{_field}\" is given twice");
            style = ReadField(style);
        }
        // Nothing may follow.
        int lastLine = Line;
        while (_reader.Read()) { }
        if (!seen.Contains("name")) RequireName(defaultName, "a style without a \"name\" is called as its file, and");
        return seen.Contains("prompt") ? style : throw new Depth2ImgException($"'{_source}', line {lastLine}: the style has no \"prompt\"; \"{StylePreset.Placeholder}, oil painting\", for instance, was expected.");
    }

    private StylePreset ReadField(StylePreset style)
    {
        if (_field is not ("name" or "description" or "prompt" or "negative" or "strength" or "guidance" or "steps" or "scheduler"))
            throw Refuse($"there is no field \"{_field}\"; a style has {Fields}");
        _reader.Read();
        return _field switch
        {
            "name" => style with { Name = RequireName(TextValue(), "\"name\" is") },
            "description" => style with { Description = TextValue() },
            "prompt" => style with { Prompt = Template() },
            "negative" => style with { NegativePrompt = TextValue() },
            "strength" => style with { Strength = Number(0, 1) },
            "guidance" => style with { Guidance = Number(0, MaxGuidance) },
            "steps" => style with { Steps = Whole() },
            _ => style with { Scheduler = Scheduler() },
        };
    }

    private readonly string RequireName(string name, string said)
    {
        if (name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return name;
        throw Refuse($"{said} '{name}'; letters, digits, '-' and '_' were expected");
    }

    private readonly string Template()
    {
        string template = TextValue();
        return template.Contains(StylePreset.Placeholder, StringComparison.Ordinal) ? template
            : throw Refuse($"\"prompt\" has no {StylePreset.Placeholder}, which stands where the request's prompt goes");
    }

    private readonly string Scheduler()
    {
        string name = TextValue();
        try
        {
            return SchedulerNames.Resolve(name);
        }
        catch (Depth2ImgException e)
        {
            throw new Depth2ImgException($"'{_source}', line {Line}: {e.Message}", e);
        }
    }

    private readonly string TextValue() => _reader.TokenType == JsonTokenType.String ? Text() : throw Refuse($"\"{_field}\" is no text");

    private readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new Depth2ImgException($"'{_source}', line {Line}: a text is no valid Unicode.", e);
        }
    }

    private readonly double Number(double least, double most) =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out double value) && value >= least && value <= most
            ? value
            : throw Refuse($"\"{_field}\" is {Shown()}; a number from {least} to {most} was expected");

    private readonly int Whole() => _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out int value) && value >= 1
        ? value
        : throw Refuse($"\"{_field}\" is {Shown()}; a whole number from 1 was expected");

    private readonly string Shown() => _reader.TokenType is JsonTokenType.Number or JsonTokenType.String or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
        ? Encoding.UTF8.GetString(_reader.ValueSpan)
        : "no single value";

    /// <summary>The line of what was read last, from 1.</summary>
    private readonly int Line => _json[..(int)_reader.TokenStartIndex].Count((byte)'\n') + 1;

    private readonly Depth2ImgException Refuse(string what) => new($"'{_source}', line {Line}: {what}.");
}
