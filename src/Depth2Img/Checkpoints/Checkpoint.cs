using Depth2Img.Checkpoints.SingleFile;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Hub;
using Depth2Img.Models;
using Depth2Img.Prompts;
using Depth2Img.Schedulers;

namespace Depth2Img.Checkpoints;

/// <summary>
/// A model on disk, in whatever form it came: its networks' configurations and weights under diffusers' names, its
/// tokenizer, its scheduler's settings and the settings that suit it. Opening one reads no weights.
/// </summary>
public abstract class Checkpoint
{
    private static readonly string[] NetworkNames = ["text_encoder", "unet", "vae", "depth_estimator"];
    private readonly ModelDefaults _saidDefaults;
    private readonly Lazy<ModelFamily?> _family;

    /// <summary>Takes what every form has.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="defaults">The settings that the file beside the model gives.</param>
    private protected Checkpoint(string path, ModelDefaults defaults)
    {
        Path = path;
        _saidDefaults = defaults;
        _family = new(() => ModelFamily.Of(this));
    }

    /// <summary>The folder or file.</summary>
    public string Path { get; }

    /// <summary>What the weights are, told by their shapes: "Stable Diffusion 2 depth"; null where that is not known.</summary>
    public string? Family => _family.Value?.Name;

    /// <summary>
    /// The settings that suit the model. What the file beside it does not say is as its family's pictures were in
    /// training; depth comes from the model's own network where it has one, else from the one that comes with the program.
    /// </summary>
    public ModelDefaults Defaults => field ??= _saidDefaults with
    {
        Size = _saidDefaults.Size ?? _family.Value?.Size,
        DepthModel = _saidDefaults.DepthModel ?? (Has("depth_estimator") ? DepthEstimators.Checkpoint : EmbeddedModels.TiefenrauschName),
    };

    /// <summary>What the model is called: the name in the file beside it, the hub's name for what lies in its cache, else its folder's or file's.</summary>
    public virtual string Name => _saidDefaults.Name ?? HubCache.Identify(Path)?.Model.Repository ?? System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>The reference's pipeline class for it: "StableDiffusionDepth2ImgPipeline".</summary>
    public abstract string PipelineClass { get; }

    /// <summary>The components that are there.</summary>
    public abstract IReadOnlyCollection<CheckpointComponent> Components { get; }

    /// <summary>Sentences about the checkpoint that a person would want to know.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>The components that are there and hold weights that are read.</summary>
    public IReadOnlyList<CheckpointComponent> Networks => [.. Components.Where(c => IsNetwork(c.Name) && Has(c.Name))];

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="path">A folder in diffusers' layout, or a checkpoint in one file.</param>
    /// <param name="options">Which form to take; null for defaults.</param>
    /// <exception cref="Depth2ImgException">There is nothing there, or it is no checkpoint.</exception>
    public static Checkpoint Open(string path, CheckpointOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new CheckpointOptions();
        return File.Exists(path) ? SingleFileCheckpoint.Open(path, options) : CheckpointFolder.Open(path, options);
    }

    /// <summary>Whether a component is there: "unet", "vae", "text_encoder", "tokenizer", "scheduler", "depth_estimator", "feature_extractor".</summary>
    public virtual bool Has(string component) => Components.Any(c => c.Name == component);

    /// <summary>The class of a component, which must be one of those given.</summary>
    /// <exception cref="Depth2ImgException">It is absent, or of another class.</exception>
    public string ClassOf(string component, params ReadOnlySpan<string> known)
    {
        CheckpointComponent found = Components.FirstOrDefault(c => c.Name == component)
            ?? throw new Depth2ImgException($"'{Path}' has no {component}; it has {string.Join(", ", Components.Select(c => c.Name))}.");
        if (!known.Contains(found.ClassName))
            throw new Depth2ImgException($"The {component} of '{Path}' is of the class {found.ClassName}; {string.Join(" or ", known.ToArray())} was expected.");
        return found.ClassName;
    }

    /// <summary>A network's configuration, under diffusers' and transformers' names.</summary>
    /// <exception cref="Depth2ImgException">The component is absent, or its configuration is.</exception>
    public abstract JsonConfig OpenConfig(string component);

    /// <summary>The scheduler's settings.</summary>
    /// <exception cref="Depth2ImgException">They are absent or malformed.</exception>
    public abstract SchedulerConfig OpenScheduler();

    /// <summary>How the depth network wants its pictures.</summary>
    /// <exception cref="Depth2ImgException">It is absent or malformed.</exception>
    internal abstract DptPreprocessorConfig OpenPreprocessor();

    /// <summary>The tokenizer.</summary>
    /// <exception cref="Depth2ImgException">It is absent or malformed.</exception>
    public abstract ClipTokenizer LoadTokenizer();

    /// <summary>Opens a network's weights, under diffusers' and transformers' keys; dispose the result when the network is built.</summary>
    /// <exception cref="Depth2ImgException">There are none, or only in a form that is not read.</exception>
    public abstract IWeightSource OpenWeights(string component);

    /// <summary>Whether a component of this name has weights that are read.</summary>
    internal static bool IsNetwork(string component) => NetworkNames.Contains(component);

    /// <summary>All that a folder of this checkpoint in diffusers' layout holds beside the networks' weights.</summary>
    /// <exception cref="Depth2ImgException">A file is missing or malformed.</exception>
    internal virtual IReadOnlyList<CheckpointFile> ReadSmallFiles() => FolderFiles.Describe(this);
}
