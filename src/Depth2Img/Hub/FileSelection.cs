using Depth2Img.Checkpoints;

namespace Depth2Img.Hub;

/// <summary>The files of a repository that are needed, and no others: a repository often holds each network three times over.</summary>
/// <param name="Files">The files.</param>
/// <param name="Notes">What a person would want to know of the choice.</param>
internal sealed record FileSelection(IReadOnlyList<HubFile> Files, IReadOnlyList<string> Notes)
{
    /// <summary>The index of a pipeline.</summary>
    public const string PipelineIndex = "model_index.json";

    private const string NetworkConfig = "config.json";
    private static readonly string[] Networks = ["unet", "vae", "text_encoder", "depth_estimator", "controlnet"];
    private static readonly string[] TokenizerFiles = ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "tokenizer.json"];

    /// <summary>The files that a person named.</summary>
    /// <exception cref="Depth2ImgException">The repository lacks one.</exception>
    public static FileSelection Named(HubListing listing, ModelReference model, IEnumerable<string> names) => new(
        [
            .. names.Distinct(StringComparer.Ordinal).Select(name => listing.Find(name) is { } file && IsPlainPath(name)
                ? file
                : throw new Depth2ImgException($"{model} has no file '{name}'. It has {Some(listing.Files.Select(f => f.Path))}.")),
        ],
        []);

    /// <summary>The files of a pipeline.</summary>
    /// <param name="listing">What there is.</param>
    /// <param name="model">For messages.</param>
    /// <param name="components">What the pipeline's index names.</param>
    /// <param name="precision">Which weights.</param>
    /// <exception cref="Depth2ImgException">A network has no weights in the repository.</exception>
    public static FileSelection ForPipeline(HubListing listing, ModelReference model, IReadOnlyCollection<CheckpointComponent> components, ModelPrecision precision)
    {
        List<HubFile> files = [.. Present(listing, "", PipelineIndex, ModelDefaults.FileName)];
        List<string> notes = [];
        foreach (CheckpointComponent component in components)
        {
            switch (component.Name)
            {
                case "tokenizer":
                    files.AddRange(Required(listing, model, "tokenizer", TokenizerFiles));
                    break;
                case "scheduler":
                    files.AddRange(Required(listing, model, "scheduler", "scheduler_config.json"));
                    break;
                case "feature_extractor":
                    files.AddRange(Present(listing, "feature_extractor", "preprocessor_config.json"));
                    break;
                case string name when Networks.Contains(name):
                    files.AddRange(Required(listing, model, name, NetworkConfig));
                    files.AddRange(Weights(listing, model, name, precision, notes));
                    break;
                default:
                    notes.Add($"{component.Name} ({component.ClassName}) is left out: nothing here uses it. In Python, pass {component.Name}=None.");
                    break;
            }
        }
        return new FileSelection(files, notes);
    }

    /// <summary>The files of a repository that is one network: a depth model, a ControlNet.</summary>
    /// <exception cref="Depth2ImgException">It is none.</exception>
    public static FileSelection ForNetwork(HubListing listing, ModelReference model, ModelPrecision precision)
    {
        if (listing.Find(NetworkConfig) is null)
        {
            throw new Depth2ImgException($"{model} is no model in diffusers' or transformers' layout: it has neither {PipelineIndex} nor {NetworkConfig}, but {Some(listing.Files.Select(f => f.Path))}."
                + " Name the files that you want with --file.");
        }
        List<string> notes = [];
        List<HubFile> files = [.. Present(listing, "", NetworkConfig, "preprocessor_config.json", ModelDefaults.FileName), .. Weights(listing, model, "", precision, notes)];
        return new FileSelection(files, notes);
    }

    private static IEnumerable<HubFile> Weights(HubListing listing, ModelReference model, string folder, ModelPrecision precision, List<string> notes)
    {
        List<HubFile> all = [.. listing.Files.Where(file => file.Folder == folder)];
        string place = folder.Length == 0 ? model.ToString() : $"The folder '{folder}' of {model}";
        WeightForm form = WeightForm.Choose(all.Select(file => file.Name), precision)
            ?? throw new Depth2ImgException($"{place} has no weights in a form that is read; it has {Some(all.Select(file => file.Name))}.");
        bool half = form.Variant is "fp16" or "bf16";
        if (half != (precision == ModelPrecision.Float16))
            notes.Add($"{place} has no {(half ? "plain" : "fp16")} weights; {(form.Variant is null ? "its plain ones are" : $"those of {form.Variant} are")} fetched.");
        if (form.Format != WeightForm.Safetensors)
            notes.Add($"{place} has no safetensors; its weights come as '{form.Names[0]}'.");
        return form.Names.Select(name => all.First(file => file.Name == name));
    }

    private static List<HubFile> Required(HubListing listing, ModelReference model, string folder, params string[] names)
    {
        List<HubFile> files = Present(listing, folder, names);
        return files.Count > 0
            ? files
            : throw new Depth2ImgException($"The folder '{folder}' of {model} has no {names[0]}, which its {PipelineIndex} calls for.");
    }

    private static List<HubFile> Present(HubListing listing, string folder, params string[] names) =>
        [.. names.Select(name => listing.Find(folder.Length == 0 ? name : $"{folder}/{name}")).OfType<HubFile>()];

    /// <summary>Whether a path stays below the folder that it is joined to, on every system.</summary>
    private static bool IsPlainPath(string path) =>
        path.Split('/').All(part => part.Length > 0 && part.Trim('.').Length > 0) && path.IndexOfAny(['\\', ':', '\0']) < 0;

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names];
        const int most = 8;
        return all.Length == 0 ? "nothing" : all.Length <= most ? string.Join(", ", all) : $"{string.Join(", ", all.Take(most))} and {all.Length - most} more";
    }
}
