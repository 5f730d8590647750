using System.Text.Json;

namespace Depth2Img.Checkpoints;

/// <summary>
/// The settings that suit a checkpoint, from the file depth2img.json beside it; what the file does not say is as in
/// the reference pipeline (diffusers, <c>StableDiffusionDepth2ImgPipeline</c>).
/// </summary>
public sealed record ModelDefaults
{
    /// <summary>The file's name.</summary>
    public const string FileName = "depth2img.json";

    private const int MinSize = 8;
    private const int MaxSize = 16_384;

    /// <summary>The reference's own settings.</summary>
    public static ModelDefaults Reference { get; } = new();

    /// <summary>What the checkpoint is called; null where the file does not say.</summary>
    public string? Name { get; init; }

    /// <summary>How many steps the schedule has, from 1.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>The guidance scale, from 0; up to 1 it is off.</summary>
    public double Guidance { get; init; } = 7.5;

    /// <summary>How much of the picture is made anew, from 0 to 1.</summary>
    public double Strength { get; init; } = 0.8;

    /// <summary>The longer side, in pixels, to work at; null where pictures keep their own size.</summary>
    public int? Size { get; init; }

    /// <summary>The sampler's name; null for the one that the checkpoint's own scheduler file gives.</summary>
    public string? Scheduler { get; init; }

    /// <summary>The name of the network that estimates depth; null for the checkpoint's own.</summary>
    public string? DepthModel { get; init; }

    /// <summary>All words that the checkpoint knows; null where it was trained on free text.</summary>
    public IReadOnlyList<string>? Vocabulary { get; init; }

    /// <summary>Reads the file in a checkpoint's folder.</summary>
    /// <param name="checkpointFolder">The folder that holds model_index.json.</param>
    /// <returns><see cref="Reference"/> when there is no such file.</returns>
    /// <exception cref="Depth2ImgException">The file is malformed, or a value has the wrong type or is out of range.</exception>
    public static ModelDefaults Read(string checkpointFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpointFolder);
        string path = Path.Combine(checkpointFolder, FileName);
        return File.Exists(path) ? new Reader(path).Read() : Reference;
    }

    /// <summary>Reads the file beside a checkpoint in one file: NAME.depth2img.json, else depth2img.json in its folder.</summary>
    /// <param name="checkpointFile">The checkpoint's file.</param>
    /// <returns><see cref="Reference"/> when there is no such file.</returns>
    /// <exception cref="Depth2ImgException">The file is malformed, or a value has the wrong type or is out of range.</exception>
    public static ModelDefaults ReadBeside(string checkpointFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpointFile);
        string own = Path.ChangeExtension(checkpointFile, FileName);
        return File.Exists(own) ? new Reader(own).Read() : Read(Path.GetDirectoryName(Path.GetFullPath(checkpointFile))!);
    }

    private sealed class Reader(string path)
    {
        private readonly JsonElement _root = JsonFile.ReadObject(path);

        public ModelDefaults Read() => new()
        {
            Name = Text("name"),
            Steps = Whole("steps", 1, int.MaxValue) ?? Reference.Steps,
            Guidance = Number("guidance", 0, double.MaxValue) ?? Reference.Guidance,
            Strength = Number("strength", 0, 1) ?? Reference.Strength,
            Size = Whole("size", MinSize, MaxSize),
            Scheduler = Text("scheduler"),
            DepthModel = Text("depthModel"),
            Vocabulary = Texts("vocabulary"),
        };

        private string? Text(string key)
        {
            if (!TryGet(key, out JsonElement value)) return null;
            if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
            throw Refuse(key, value, "a text that is not empty");
        }

        private int? Whole(string key, int least, int most)
        {
            if (!TryGet(key, out JsonElement value)) return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most) return number;
            throw Refuse(key, value, most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}");
        }

        private double? Number(string key, double least, double most)
        {
            if (!TryGet(key, out JsonElement value)) return null;
            if (value.ValueKind == JsonValueKind.Number && value.GetDouble() is double number && number >= least && number <= most) return number;
            throw Refuse(key, value, most == double.MaxValue ? $"a number from {least}" : $"a number from {least} to {most}");
        }

        private List<string>? Texts(string key)
        {
            if (!TryGet(key, out JsonElement value)) return null;
            if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.String))
                throw Refuse(key, value, "a list of texts");
            return [.. value.EnumerateArray().Select(t => t.GetString()!)];
        }

        private bool TryGet(string key, out JsonElement value) =>
            _root.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;

        private Depth2ImgException Refuse(string key, JsonElement value, string expected)
        {
            string found = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? $"as a JSON {JsonFile.Describe(value)}" : value.GetRawText();
            return new Depth2ImgException($"'{path}' has \"{key}\" {found}; {expected} was expected.");
        }
    }
}
