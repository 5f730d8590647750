using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Server.Http;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>
/// A unit of the ControlNet extension, as clients send it to have depth followed. The model here follows depth by itself: of
/// a unit its picture counts, and whether that is a map already.
/// </summary>
/// <param name="Picture">The picture; null to take the request's own.</param>
/// <param name="IsMap">Whether the picture is a depth map.</param>
/// <param name="DepthModel">Who estimates; null for the model's default.</param>
/// <param name="ReturnsMap">Whether the map is wanted back.</param>
internal sealed record ControlNetUnit(byte[]? Picture, bool IsMap, string? DepthModel, bool ReturnsMap)
{
    /// <summary>The script's name in requests.</summary>
    public const string ScriptName = "controlnet";

    /// <summary>The unit's model: it is part of every model here.</summary>
    public const string ModelName = "depth";

    private const string None = "none";

    /// <summary>Who can make a map, by the extension's manner of naming.</summary>
    public static IReadOnlyList<string> Modules { get; } = [None, ModelName, .. DepthEstimators.Names.Select(name => $"{ModelName}_{name}")];

    /// <summary>Reads a unit.</summary>
    /// <param name="fields">The unit.</param>
    /// <param name="notes">Receives sentences about what has no effect here.</param>
    /// <returns>Null if it is switched off or empty, or cannot be done, which is noted as a fault.</returns>
    public static ControlNetUnit? Read(JsonFields fields, List<string> notes)
    {
        if (fields.Truth("enabled") == false) return null;
        string module = fields.Text("module", 200) ?? None, model = fields.Text("model", 300) ?? None;
        byte[]? picture = ReadPicture(fields);
        bool isMap = module.Equals(None, StringComparison.OrdinalIgnoreCase), hasModel = !model.Equals(None, StringComparison.OrdinalIgnoreCase);
        if (isMap && !hasModel && picture is null) return null; // What a client sends for a unit that was not filled in.
        if (!NamesDepth(module) && !(isMap && NamesDepth(model)))
        {
            fields.Add("module", $"The unit's module is '{ShortText.Of(module)}' and its model '{ShortText.Of(model)}'; this server follows depth alone, and one of them must name it: module 'depth', or module 'none' and model '{ModelName}'.");
            return null;
        }
        if (isMap && picture is null)
        {
            fields.Add("image", "The unit's module is 'none', which takes its image for the depth map, and it has no image.");
            return null;
        }
        NoteIneffective(fields, notes);
        return new ControlNetUnit(picture, isMap, EstimatorOf(module), fields.Truth("save_detected_map") ?? false);
    }

    /// <summary>Whether a name is one of depth.</summary>
    public static bool NamesDepth(string name) => name.Contains(ModelName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Who estimates for a module; null for the model's default.</summary>
    public static string? EstimatorOf(string module) =>
        DepthEstimators.Names.FirstOrDefault(name => module.Equals($"{ModelName}_{name}", StringComparison.OrdinalIgnoreCase));

    private static byte[]? ReadPicture(JsonFields fields)
    {
        foreach (string name in (string[])["image", "input_image"])
        {
            // Some clients send the picture beside its mask.
            if (fields.Peek(name) is JsonObject)
            {
                if (fields.Object(name)!.File("image") is { } inner) return inner;
            }
            else if (fields.File(name) is { } picture) return picture;
        }
        return null;
    }

    private static void NoteIneffective(JsonFields fields, List<string> notes)
    {
        if (fields.Number("weight") is { } weight && weight != 1) notes.Add(FormattableString.Invariant($"The unit's weight {weight} has no effect: the model follows depth as it was trained to."));
        if ((fields.Number("guidance_start") ?? 0) != 0 || (fields.Number("guidance_end") ?? 1) != 1) notes.Add("The unit's guidance_start and guidance_end have no effect: depth is followed all through the run.");
        foreach (string name in (string[])["mask", "mask_image"])
        {
            if (fields.Peek(name) is JsonValue mask && mask.GetValueKind() == JsonValueKind.String && mask.GetValue<string>().Length > 0) notes.Add("The unit's mask has no effect: depth is followed in the whole picture.");
        }
    }
}
