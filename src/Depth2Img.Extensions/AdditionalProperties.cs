using System.Globalization;
using System.Text.Json;
using Depth2Img.Depth;
using Microsoft.Extensions.AI;

namespace Depth2Img.Extensions;

/// <summary>Reads additional properties, whatever types they came in.</summary>
/// <param name="properties">The properties; null for none.</param>
internal sealed class AdditionalProperties(AdditionalPropertiesDictionary? properties)
{
    /// <summary>A number; null where there is none of that name.</summary>
    /// <exception cref="Depth2ImgException">The value is no number.</exception>
    public double? Number(string name) => Find(name) is not { } value ? null : AsNumber(name, value);

    /// <summary>A whole number; null where there is none of that name.</summary>
    /// <exception cref="Depth2ImgException">The value is no whole number that fits.</exception>
    public long? Whole(string name)
    {
        switch (Find(name))
        {
            case null: return null;
            case long number: return number;
            case ulong number when number <= long.MaxValue: return (long)number;
            case JsonElement { ValueKind: JsonValueKind.Number } json when json.TryGetInt64(out long number): return number;
            case string text when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number): return number;
            case { } value:
                double real = AsNumber(name, value);
                return real == Math.Floor(real) && Math.Abs(real) < 1L << 53
                    ? (long)real
                    : throw new Depth2ImgException($"The additional property '{name}' is {Show(value)}; a whole number was expected.");
        }
    }

    /// <summary>A whole number of 32 bits; null where there is none of that name.</summary>
    /// <exception cref="Depth2ImgException">The value is no whole number that fits.</exception>
    public int? Integer(string name) => Whole(name) is not { } number ? null
        : number is >= int.MinValue and <= int.MaxValue ? (int)number
        : throw new Depth2ImgException($"The additional property '{name}' is {number}, which is out of any range.");

    /// <summary>A text; null where there is none of that name.</summary>
    /// <exception cref="Depth2ImgException">The value is no text.</exception>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
        { } other => throw new Depth2ImgException($"The additional property '{name}' is a {other.GetType().Name}; a text was expected."),
    };

    /// <summary>A depth map; null where there is none of that name.</summary>
    /// <exception cref="Depth2ImgException">The value is no depth map, or its file is damaged.</exception>
    public DepthMap? Map(string name) => Find(name) switch
    {
        null => null,
        DepthMap map => map,
        DataContent data => DepthMapFile.Decode(data.Data, name),
        byte[] bytes => DepthMapFile.Decode(bytes, name),
        ReadOnlyMemory<byte> bytes => DepthMapFile.Decode(bytes, name),
        { } other => throw new Depth2ImgException($"The additional property '{name}' is a {other.GetType().Name}; a DepthMap, a DataContent or a file's bytes were expected."),
    };

    private object? Find(string name) =>
        properties is not null && properties.TryGetValue(name, out object? value) && value is not JsonElement { ValueKind: JsonValueKind.Null } ? value : null;

    private static double AsNumber(string name, object value)
    {
        switch (value)
        {
            case JsonElement { ValueKind: JsonValueKind.Number } json: return json.GetDouble();
            case string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number): return number;
            case byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal: return Convert.ToDouble(value, CultureInfo.InvariantCulture);
            default: throw new Depth2ImgException($"The additional property '{name}' is {Show(value)}; a number was expected.");
        }
    }

    private static string Show(object value) => value switch
    {
        string text => $"\"{(text.Length <= 40 ? text : $"{text[..40]}…")}\"",
        JsonElement json => $"JSON of kind {json.ValueKind}",
        IConvertible number => Convert.ToString(number, CultureInfo.InvariantCulture) ?? "",
        _ => $"a {value.GetType().Name}",
    };
}
