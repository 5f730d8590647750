using System.Text.Json;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Depth;

/// <summary>Takes typed values out of a preprocessor_config.json; a missing or null one gives the default, a wrong one a sentence that names it.</summary>
internal readonly struct DptPreprocessorReader
{
    private const int MaxSide = 4096;

    private readonly JsonElement _root;
    private readonly string _name;

    public DptPreprocessorReader(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new Depth2ImgException($"'{name}' holds no JSON object.");
        _root = root;
        _name = name;
    }

    /// <summary>Refuses the settings of another kind of processor. Old files name the class under another key, or none.</summary>
    public void RequireDptClass()
    {
        foreach (string key in (ReadOnlySpan<string>)["image_processor_type", "feature_extractor_type"])
        {
            if (!TryGet(key, out JsonElement value)) continue;
            string? type = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            if (type is not ("DPTImageProcessor" or "DPTImageProcessorFast" or "DPTImageProcessorPil" or "DPTFeatureExtractor"))
                throw Wrong(key, value, "DPTImageProcessor or DPTFeatureExtractor");
            return;
        }
    }

    /// <summary>Refuses padding, which no checkpoint of the family asks for and which the map would have to be cut back for.</summary>
    public void RequireNoPadding()
    {
        if (Flag("do_pad", false)) throw Wrong("do_pad", _root.GetProperty("do_pad"), "false");
    }

    public bool Flag(string key, bool whenAbsent)
    {
        if (!TryGet(key, out JsonElement value)) return whenAbsent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, value, "true or false");
    }

    public int Whole(string key, int whenAbsent, int least, int most) =>
        TryGet(key, out JsonElement value) ? Whole(key, value, least, most) : whenAbsent;

    public double Number(string key, double whenAbsent)
    {
        if (!TryGet(key, out JsonElement value)) return whenAbsent;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number != 0
            ? number
            : throw Wrong(key, value, "a number other than 0");
    }

    /// <summary>A target: one number for both sides, or an object with height and width.</summary>
    public (int Width, int Height) Size(int width, int height)
    {
        if (!TryGet("size", out JsonElement value)) return (width, height);
        if (value.ValueKind == JsonValueKind.Number)
        {
            int side = Whole("size", value, 1, MaxSide);
            return (side, side);
        }
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("height", out JsonElement rows) || !value.TryGetProperty("width", out JsonElement columns))
            throw Wrong("size", value, "a number, or an object with height and width");
        return (Whole("size.width", columns, 1, MaxSide), Whole("size.height", rows, 1, MaxSide));
    }

    /// <summary>A resampling filter by Pillow's number.</summary>
    public ResizeFilter Filter(string key, ResizeFilter whenAbsent)
    {
        if (!TryGet(key, out JsonElement value)) return whenAbsent;
        int number = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int read) ? read : -1;
        return number switch
        {
            0 => ResizeFilter.Nearest,
            1 => ResizeFilter.Lanczos,
            2 => ResizeFilter.Bilinear,
            3 => ResizeFilter.Bicubic,
            _ => throw Wrong(key, value, "0 (nearest), 1 (Lanczos), 2 (bilinear) or 3 (bicubic)"),
        };
    }

    public IReadOnlyList<float> Channels(string key, IReadOnlyList<float> whenAbsent, bool zeroAllowed)
    {
        if (!TryGet(key, out JsonElement value)) return whenAbsent;
        string right = zeroAllowed ? "a list of three numbers" : "a list of three numbers other than 0";
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3) throw Wrong(key, value, right);
        float[] channels = new float[3];
        for (int c = 0; c < 3; c++)
        {
            JsonElement item = value[c];
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetSingle(out channels[c]) || !float.IsFinite(channels[c])
                || (!zeroAllowed && channels[c] == 0))
                throw Wrong(key, value, right);
        }
        return channels;
    }

    private int Whole(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Wrong(key, value, $"a whole number from {least} to {most}");

    private bool TryGet(string key, out JsonElement value) =>
        _root.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;

    private Depth2ImgException Wrong(string key, JsonElement value, string right)
    {
        string text = value.GetRawText();
        if (text.Length > 60) text = text[..60] + "...";
        return new Depth2ImgException($"'{_name}' has {key} {text}; {right} is expected.");
    }
}
