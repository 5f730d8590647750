using System.Text.Json;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>One entry of a safetensors header: where a tensor's bytes lie, counted from the end of the header.</summary>
internal readonly record struct SafetensorsEntry(string Name, ElementType Type, int[] Dimensions, long Begin, long End);

/// <summary>
/// The JSON header of a safetensors file, read strictly: known types, sizes that fit the offsets, offsets that cover
/// the data without hole or overlap, no key twice.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The largest header that is read; the format's own limit.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>The key of the free texts, which no tensor may have.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Names in messages end here: a broken file's can have megabytes.</summary>
    private const int LongestShownName = 100;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 8 };

    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(
        ReadOnlySpan<byte> json, long dataLength, string file)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
            throw new Depth2ImgException($"'{file}' is no safetensors file: its header does not start with '{{'.");
        List<SafetensorsEntry> entries = [];
        Dictionary<string, string> metadata = [];
        HashSet<string> names = [];
        try
        {
            Utf8JsonReader reader = new(json, Strict);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (!names.Add(name)) throw Broken(file, $"the key '{Short(name)}' stands twice");
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartObject) throw Broken(file, $"'{Short(name)}' is no object");
                if (name == MetadataKey) ReadMetadata(ref reader, metadata, file);
                else entries.Add(ReadEntry(ref reader, name, file));
            }
            if (reader.TokenType != JsonTokenType.EndObject) throw Broken(file, "it ends early");
            while (reader.Read()) throw Broken(file, "something follows its end");
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"'{file}' is no safetensors file: its header is not valid JSON.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new Depth2ImgException($"'{file}' is no safetensors file: its header holds a value of the wrong kind.", e);
        }
        CheckCoverage(entries, dataLength, file);
        return (entries, metadata);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string file)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Broken(file, $"its metadata '{Short(key)}' is no text");
            metadata[key] = reader.GetString()!;
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string file)
    {
        ElementType? type = null;
        int[]? dimensions = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype":
                    string? text = reader.GetString();
                    type = TypeOf(text) ?? throw Broken(file, $"'{Short(name)}' has the type '{Short(text ?? "null")}', which is not supported");
                    break;
                case "shape":
                    long[] sizes = ReadNumbers(ref reader, name, file);
                    if (sizes.Any(s => s is < 0 or > int.MaxValue)) throw Broken(file, $"'{Short(name)}' has an impossible size");
                    dimensions = [.. sizes.Select(s => (int)s)];
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref reader, name, file);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (type is null || dimensions is null || offsets is not { Length: 2 })
            throw Broken(file, $"'{Short(name)}' lacks dtype, shape or two data_offsets");
        try
        {
            long bytes = type.Value.SizeInBytes();
            foreach (int d in dimensions) bytes = checked(bytes * d);
            if (offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] - offsets[0] != bytes)
                throw Broken(file, $"'{Short(name)}' [{string.Join(',', dimensions)}] of {type} takes {bytes} bytes, but its offsets are {offsets[0]} to {offsets[1]}");
            if (bytes > int.MaxValue)
                throw new Depth2ImgException($"'{file}' has the tensor '{Short(name)}' of {bytes} bytes; {int.MaxValue} is the most that one may take.");
        }
        catch (OverflowException)
        {
            throw Broken(file, $"'{Short(name)}' has an impossible size");
        }
        return new SafetensorsEntry(name, type.Value, dimensions, offsets[0], offsets[1]);
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string name, string file)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Broken(file, $"'{Short(name)}' has a value that is no list");
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out long number)) throw Broken(file, $"'{Short(name)}' has a number that is not whole");
            numbers.Add(number);
            if (numbers.Count > 16) throw Broken(file, $"'{Short(name)}' has too many dimensions");
        }
        if (reader.TokenType != JsonTokenType.EndArray) throw Broken(file, $"'{Short(name)}' has a value that is no number");
        return [.. numbers];
    }

    private static void CheckCoverage(List<SafetensorsEntry> entries, long dataLength, string file)
    {
        long expected = 0;
        foreach (SafetensorsEntry entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != expected)
                throw Broken(file, $"'{Short(entry.Name)}' begins at byte {entry.Begin} where {expected} was due (a hole or an overlap)");
            expected = entry.End;
        }
        if (expected > dataLength)
            throw new Depth2ImgException($"'{file}' is cut short: its tensors take {expected} bytes and it holds {dataLength}. Fetch or copy it again.");
        if (expected < dataLength)
            throw Broken(file, $"{dataLength - expected} bytes follow the last tensor");
    }

    public static string NameOf(ElementType type) => type switch
    {
        ElementType.Float64 => "F64",
        ElementType.Float32 => "F32",
        ElementType.Float16 => "F16",
        ElementType.BFloat16 => "BF16",
        ElementType.Int64 => "I64",
        ElementType.Int32 => "I32",
        ElementType.Int16 => "I16",
        ElementType.Int8 => "I8",
        ElementType.UInt64 => "U64",
        ElementType.UInt32 => "U32",
        ElementType.UInt16 => "U16",
        ElementType.UInt8 => "U8",
        ElementType.Bool => "BOOL",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static ElementType? TypeOf(string? text)
    {
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            if (NameOf(type) == text) return type;
        }
        return null;
    }

    /// <summary>A name from a file as a message bears it: cut, and without characters that steer a terminal.</summary>
    public static string Short(string name)
    {
        string cut = name.Length <= LongestShownName ? name : name[..LongestShownName] + "…";
        return cut.Any(char.IsControl) ? string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c)) : cut;
    }

    private static Depth2ImgException Broken(string file, string what) => new($"'{file}' is a broken safetensors file: {what}.");
}
