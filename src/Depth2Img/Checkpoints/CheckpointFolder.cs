using System.Text.Json;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Checkpoints;

/// <summary>One entry of <c>model_index.json</c>: a folder's library and class.</summary>
/// <param name="Name">The component, which is its folder's name: "unet", "vae".</param>
/// <param name="Library">"diffusers" or "transformers".</param>
/// <param name="ClassName">The class that wrote it: "UNet2DConditionModel".</param>
public sealed record CheckpointComponent(string Name, string Library, string ClassName);

/// <summary>
/// A checkpoint in diffusers' folder layout: <c>model_index.json</c> and a folder a component. Finds each component's
/// configuration and weights (plain or variant files, whole or in shards) without reading the weights.
/// </summary>
public sealed class CheckpointFolder
{
    private static readonly string[] WeightStems = ["diffusion_pytorch_model", "model"];
    private readonly Dictionary<string, CheckpointComponent> _components;

    private CheckpointFolder(string path, string pipelineClass, Dictionary<string, CheckpointComponent> components, string? variant)
    {
        Path = path;
        PipelineClass = pipelineClass;
        _components = components;
        Variant = variant;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What the model is called: the name in its depth2img.json, else its folder's.</summary>
    public string Name => ModelDefaults.Read(Path).Name ?? System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>The pipeline class that the index names.</summary>
    public string PipelineClass { get; }

    /// <summary>The file variant to prefer ("fp16"), or null for the plain files.</summary>
    public string? Variant { get; }

    /// <summary>The components that are there.</summary>
    public IReadOnlyCollection<CheckpointComponent> Components => _components.Values;

    /// <summary>Reads the index.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="variant">A file variant to prefer; a component that lacks it falls back to its plain files. Null takes plain files, or the only variant there is.</param>
    /// <exception cref="Depth2ImgException">No such folder, no index, or an index that names no components.</exception>
    public static CheckpointFolder Open(string path, string? variant = null)
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
    public bool Has(string component) => _components.ContainsKey(component) && Directory.Exists(FolderOf(component));

    /// <summary>The class of a component, which must be one of those given.</summary>
    /// <exception cref="Depth2ImgException">It is absent, or of another class.</exception>
    public string ClassOf(string component, params ReadOnlySpan<string> known)
    {
        if (!_components.TryGetValue(component, out CheckpointComponent? found))
            throw new Depth2ImgException($"'{Path}' has no {component}: its model_index.json names {string.Join(", ", _components.Keys)}.");
        if (!known.Contains(found.ClassName))
            throw new Depth2ImgException($"The {component} of '{Path}' is of the class {found.ClassName}; {string.Join(" or ", known.ToArray())} was expected.");
        return found.ClassName;
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

    /// <summary>Opens a component's weights; dispose the result when the network is built.</summary>
    /// <exception cref="Depth2ImgException">There are none, or only in a form that is not read.</exception>
    public IWeightSource OpenWeights(string component)
    {
        string path = WeightsOf(component);
        return path.EndsWith(".json", StringComparison.Ordinal) ? ShardedWeights.Open(path) : SafetensorsFile.Open(path);
    }

    /// <summary>The path of a component's weights: a safetensors file, or the index of its shards.</summary>
    /// <exception cref="Depth2ImgException">There are none, or only in a form that is not read.</exception>
    public string WeightsOf(string component)
    {
        string folder = FolderOf(component);
        if (!Directory.Exists(folder))
            throw new Depth2ImgException($"The folder '{folder}' is missing from the checkpoint.");
        foreach (string? variant in VariantsToTry(folder))
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

    private IEnumerable<string?> VariantsToTry(string folder)
    {
        if (Variant is not null) yield return Variant;
        yield return null;
        if (Variant is not null) yield break;
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
