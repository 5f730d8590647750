using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Imaging.Resize;
using Depth2Img.Prompts;

namespace Depth2Img.Checkpoints;

/// <summary>Makes the small files of a checkpoint folder from what a checkpoint of any form says of itself.</summary>
internal static class FolderFiles
{
    /// <summary>The index of a folder in diffusers' layout.</summary>
    public const string IndexName = "model_index.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Index, configurations, scheduler, tokenizer, preprocessor and defaults.</summary>
    /// <exception cref="Depth2ImgException">The checkpoint lacks one that its components need.</exception>
    public static IReadOnlyList<CheckpointFile> Describe(Checkpoint checkpoint)
    {
        List<CheckpointFile> files = [ToFile(IndexName, Index(checkpoint))];
        files.AddRange(checkpoint.Networks.Select(network => ToFile($"{network.Name}/config.json", Config(checkpoint, network))));
        if (checkpoint.Has("scheduler")) files.Add(ToFile("scheduler/scheduler_config.json", checkpoint.OpenScheduler().ToJson()));
        if (checkpoint.Has("tokenizer")) files.AddRange(TokenizerFiles.Of(checkpoint.LoadTokenizer().Data));
        if (checkpoint.Has("feature_extractor")) files.Add(ToFile("feature_extractor/preprocessor_config.json", Preprocessor(checkpoint.OpenPreprocessor())));
        if (checkpoint.Defaults != ModelDefaults.Reference) files.Add(ToFile(ModelDefaults.FileName, Defaults(checkpoint.Defaults)));
        return files;
    }

    /// <summary>A file of indented JSON.</summary>
    public static CheckpointFile ToFile(string name, JsonObject json) => new(name, Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n"));

    private static JsonObject Index(Checkpoint checkpoint)
    {
        JsonObject index = new() { ["_class_name"] = checkpoint.PipelineClass };
        foreach (CheckpointComponent component in checkpoint.Components) index[component.Name] = new JsonArray(component.Library, component.ClassName);
        return index;
    }

    /// <summary>The network's configuration, with the class by which diffusers and transformers know it.</summary>
    private static JsonObject Config(Checkpoint checkpoint, CheckpointComponent network)
    {
        JsonObject config = JsonNode.Parse(checkpoint.OpenConfig(network.Name).Json)!.AsObject();
        if (network.Library == "diffusers") config.TryAdd("_class_name", network.ClassName);
        else config.TryAdd("architectures", new JsonArray(network.ClassName));
        return config;
    }

    private static JsonObject Preprocessor(DptPreprocessorConfig config) => new()
    {
        ["image_processor_type"] = "DPTImageProcessor",
        ["do_resize"] = config.DoResize,
        ["size"] = new JsonObject { ["height"] = config.Height, ["width"] = config.Width },
        ["keep_aspect_ratio"] = config.KeepAspectRatio,
        ["ensure_multiple_of"] = config.EnsureMultipleOf,
        ["resample"] = config.Resample switch { ResizeFilter.Nearest => 0, ResizeFilter.Lanczos => 1, ResizeFilter.Bilinear => 2, _ => 3 },
        ["do_rescale"] = config.DoRescale,
        ["rescale_factor"] = config.RescaleFactor,
        ["do_normalize"] = config.DoNormalize,
        ["image_mean"] = new JsonArray([.. config.ImageMean.Select(m => JsonValue.Create(m))]),
        ["image_std"] = new JsonArray([.. config.ImageStd.Select(d => JsonValue.Create(d))]),
    };

    private static JsonObject Defaults(ModelDefaults defaults)
    {
        JsonObject json = new()
        {
            ["name"] = defaults.Name,
            ["steps"] = defaults.Steps,
            ["guidance"] = defaults.Guidance,
            ["strength"] = defaults.Strength,
            ["size"] = defaults.Size,
            ["scheduler"] = defaults.Scheduler,
            ["depthModel"] = defaults.DepthModel,
            ["vocabulary"] = defaults.Vocabulary is { } words ? new JsonArray([.. words.Select(w => JsonValue.Create(w))]) : null,
        };
        foreach (string absent in json.Where(entry => entry.Value is null).Select(entry => entry.Key).ToArray()) json.Remove(absent);
        return json;
    }
}
