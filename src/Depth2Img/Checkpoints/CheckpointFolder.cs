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
    /// <param name="variant">A file variant to prefer; a component that lacks it falls back to its plain files. Null takes plain files, or else the first variant there is.</param>
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
    public override IWeightSource OpenWeights(string component) => WeightFiles.Open(WeightsOf(component));

    /// <summary>The path of a component's weights: a safetensors or torch file, or the index of its shards.</summary>
    /// <exception cref="Depth2ImgException">There are none, or none of the checkpoint's components has files of the variant that was asked for.</exception>
    public string WeightsOf(string component)
    {
        string folder = FolderOf(component);
        if (!Directory.Exists(folder))
            throw new Depth2ImgException($"The folder '{folder}' is missing from the checkpoint.");
        ComponentWeights weights = new(folder);
        if (Variant is not null)
        {
            if (weights.Find(Variant) is { } own) return own;
            RequireVariant(Variant);
        }
        // Nothing was asked for and there is no plain file: a variant is what the person has.
        return weights.Find(null)
            ?? weights.Variants.Select(weights.Find).FirstOrDefault(path => path is not null)
            ?? throw weights.Missing();
    }

    /// <summary>A component without the variant falls back to its plain file, as long as there is one that has it.</summary>
    private void RequireVariant(string variant)
    {
        string[] there = [.. _components.Keys.Where(Has).SelectMany(c => new ComponentWeights(FolderOf(c)).Variants).Distinct().Order(StringComparer.Ordinal)];
        if (there.Contains(variant)) return;
        throw new Depth2ImgException(there.Length == 0
            ? $"'{Path}' has no files of the variant '{variant}', nor of any other: leave the variant away to use its plain files."
            : $"'{Path}' has no files of the variant '{variant}'; it has {string.Join(", ", there)}.");
    }
}
