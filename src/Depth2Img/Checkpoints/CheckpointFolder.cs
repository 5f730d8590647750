using System.Text.Json;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Models;
using Depth2Img.Prompts;
using Depth2Img.Schedulers;

namespace Depth2Img.Checkpoints;

/// <summary>
/// A checkpoint in diffusers' folder layout: <c>model_index.json</c> and a folder a component. Finds each component's
/// configuration and weights (plain or variant files, whole or in shards) without reading the weights.
/// </summary>
public sealed class CheckpointFolder : Checkpoint
{
    private static readonly string[] WeightStems = ["diffusion_pytorch_model", "model"];
    private readonly Dictionary<string, CheckpointComponent> _components;

    private CheckpointFolder(string path, string pipelineClass, Dictionary<string, CheckpointComponent> components, string? variant) : base(path, ModelDefaults.Read(path))
    {
        PipelineClass = pipelineClass;
        _components = components;
        Variant = variant;
    }

    /// <inheritdoc/>
    public override string PipelineClass { get; }

    /// <summary>The file variant to prefer ("fp16"), or null for the plain files.</summary>
    public string? Variant { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<CheckpointComponent> Components => _components.Values;

    /// <summary>Reads the index.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="variant">A file variant to prefer; a component that lacks it falls back to its plain files. Null takes plain files, or the only variant there is.</param>
    /// <exception cref="Depth2ImgException">No such folder, no index, or an index that names no components.</exception>
    public static new CheckpointFolder Open(string path, string? variant = null)
    {
        if (File.Exists(path))
            throw new Depth2ImgException($"'{path}' is a file; a checkpoint folder with a model_index.json was expected.");
        if (!Directory.Exists(path))
            throw new Depth2ImgException($"There is no folder '{path}'.");
        string index = System.IO.Path.Combine(path, "model_index.json");
        if (!File.Exists(index))
            throw new Depth2ImgException($"'{path}' is no checkpoint folder: it has no model_index.json.");
        Dictionary<string, CheckpointComponent> components = [];
        string pipelineClass = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(index));
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "_class_name") pipelineClass = property.Value.GetString() ?? "";
                if (property.Value.ValueKind != JsonValueKind.Array || property.Value.GetArrayLength() != 2) continue;
                JsonElement library = property.Value[0], className = property.Value[1];
                if (library.ValueKind != JsonValueKind.String || className.ValueKind != JsonValueKind.String) continue;
                components[property.Name] = new CheckpointComponent(property.Name, library.GetString()!, className.GetString()!);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new Depth2ImgException($"'{index}' is not the JSON of a checkpoint's index: {e.Message}", e);
        }
        if (components.Count == 0)
            throw new Depth2ImgException($"'{index}' names no components.");
        return new CheckpointFolder(path, pipelineClass, components, variant);
    }

    /// <summary>Whether the index names a component and its folder is there.</summary>
    public override bool Has(string component) => _components.ContainsKey(component) && Directory.Exists(FolderOf(component));

    /// <inheritdoc/>
    public override JsonConfig OpenConfig(string component) => JsonConfig.Open(FileOf(component, "config.json"));

    /// <inheritdoc/>
    public override SchedulerConfig OpenScheduler() => SchedulerConfig.FromJson(FileOf("scheduler", "scheduler_config.json"));

    /// <inheritdoc/>
    internal override DptPreprocessorConfig OpenPreprocessor() => DptPreprocessorConfig.Load(FileOf("feature_extractor", "preprocessor_config.json"));

    /// <inheritdoc/>
    public override ClipTokenizer LoadTokenizer()
    {
        ClassOf("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast");
        return ClipTokenizer.Load(FolderOf("tokenizer"));
    }

    /// <summary>A file of a component: "config.json".</summary>
    /// <exception cref="Depth2ImgException">It is not there.</exception>
    public string FileOf(string component, string name)
    {
        string path = System.IO.Path.Combine(FolderOf(component), name);
        return File.Exists(path) ? path : throw new Depth2ImgException($"'{path}' is missing from the checkpoint.");
    }

    /// <summary>The folder of a component.</summary>
    public string FolderOf(string component) => System.IO.Path.Combine(Path, component);

    /// <inheritdoc/>
    public override IWeightSource OpenWeights(string component) => OpenWeightsIn(FolderOf(component), Variant);

    /// <summary>Opens the weights of a network that lies in a folder of its own.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="variant">A file variant to prefer, or null.</param>
    /// <exception cref="Depth2ImgException">There are none, or only in a form that is not read.</exception>
    internal static IWeightSource OpenWeightsIn(string folder, string? variant = null)
    {
        string path = FindWeights(folder, variant);
        return path.EndsWith(".json", StringComparison.Ordinal) ? ShardedWeights.Open(path) : SafetensorsFile.Open(path);
    }

    /// <summary>The path of a component's weights: a safetensors file, or the index of its shards.</summary>
    /// <exception cref="Depth2ImgException">There are none, or only in a form that is not read.</exception>
    public string WeightsOf(string component) => FindWeights(FolderOf(component), Variant);

    private static string FindWeights(string folder, string? preferred)
    {
        if (!Directory.Exists(folder))
            throw new Depth2ImgException($"The folder '{folder}' is missing from the checkpoint.");
        foreach (string? variant in VariantsToTry(folder, preferred))
        {
            foreach (string stem in WeightStems)
            {
                foreach (string name in CandidateNames(stem, variant))
                {
                    string path = System.IO.Path.Combine(folder, name);
                    if (File.Exists(path)) return path;
                }
            }
        }
        string? pickle = Directory.EnumerateFiles(folder, "*.bin").FirstOrDefault();
        throw new Depth2ImgException(pickle is null
            ? $"'{folder}' holds no weights: diffusion_pytorch_model.safetensors or model.safetensors was expected."
            : $"'{folder}' holds its weights as '{System.IO.Path.GetFileName(pickle)}', a Python pickle; convert the checkpoint to safetensors, or fetch the safetensors files.");
    }

    private static IEnumerable<string?> VariantsToTry(string folder, string? preferred)
    {
        if (preferred is not null) yield return preferred;
        yield return null;
        if (preferred is not null) yield break;
        // Nothing was asked for and there is no plain file: a lone variant is what the person has.
        foreach (string path in Directory.EnumerateFiles(folder, "*.safetensors*").Order(StringComparer.Ordinal))
        {
            string[] parts = System.IO.Path.GetFileName(path).Split('.');
            if (parts.Length == 3 && parts[2] == "safetensors" && !parts[1].Contains('-', StringComparison.Ordinal)) yield return parts[1];
            if (parts.Length == 5 && parts[2] == "index") yield return parts[3];
            if (parts.Length == 5 && parts[3] == "index") yield return parts[2];
        }
    }

    private static IEnumerable<string> CandidateNames(string stem, string? variant) => variant is null
        ? [$"{stem}.safetensors", $"{stem}.safetensors.index.json"]
        : [$"{stem}.{variant}.safetensors", $"{stem}.safetensors.index.{variant}.json", $"{stem}.safetensors.{variant}.index.json"];
}
