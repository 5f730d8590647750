using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Hub;
using Depth2Img.Models;
using Depth2Img.Schedulers;

namespace Depth2Img.Checkpoints;

/// <summary>What a model holds, read from its configurations and the headers of its weights. Parts that are missing are told, not thrown.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Path">The folder or file.</param>
/// <param name="PipelineClass">The class its index names; of a single network, the network's.</param>
/// <param name="CanDoDepth">Whether its UNet has the depth channel.</param>
/// <param name="PredictionType">What its UNet predicts; null where there is none, or its scheduler's settings are missing.</param>
/// <param name="Scheduler">The scheduler's class; null where its settings are missing.</param>
/// <param name="Networks">Its networks.</param>
/// <param name="Defaults">The settings that suit it; null for a single network.</param>
public sealed record CheckpointReport(
    string Name,
    string Path,
    string PipelineClass,
    bool CanDoDepth,
    PredictionType? PredictionType,
    string? Scheduler,
    IReadOnlyList<NetworkReport> Networks,
    ModelDefaults? Defaults)
{
    private const int DepthUnetChannels = 5;

    /// <summary>What the weights are, told by their shapes: "Stable Diffusion 2 depth"; null where that is not known.</summary>
    public string? Family { get; init; }

    /// <summary>The commit, of a model in Hugging Face's cache; null for others.</summary>
    public string? Commit { get; init; }

    /// <summary>The files that it should have and has not.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Reads a folder or file.</summary>
    /// <exception cref="Depth2ImgException">It is no model, or a file of it is damaged.</exception>
    public static CheckpointReport Read(string path)
    {
        CheckpointReport report = ReadNetwork(path) ?? ReadCheckpoint(Checkpoint.Open(path));
        return report with
        {
            Commit = HubCache.Identify(path)?.Commit,
            Missing = Directory.Exists(path) ? ModelFiles.Missing(path) : [],
        };
    }

    private static CheckpointReport ReadCheckpoint(Checkpoint checkpoint)
    {
        SchedulerConfig? scheduler = IfPresent(checkpoint, "scheduler", checkpoint.OpenScheduler);
        JsonConfig? unet = IfPresent(checkpoint, "unet", () => checkpoint.OpenConfig("unet"));
        NetworkReport[] networks =
        [
            .. checkpoint.Components
                .Where(c => Checkpoint.IsNetwork(c.Name))
                .Select(c => IfPresent(checkpoint, c.Name, () => Describe(c.Name, c.ClassName, checkpoint.OpenWeights(c.Name))))
                .OfType<NetworkReport>(),
        ];
        return new CheckpointReport(checkpoint.Name, checkpoint.Path, checkpoint.PipelineClass, unet?.Integer("in_channels", 4) == DepthUnetChannels,
            scheduler is null ? null : SchedulerFactory.CreateOptions(scheduler).PredictionType, scheduler?.ClassName, networks, checkpoint.Defaults)
        { Family = checkpoint.Family };
    }

    /// <summary>A folder that is one network: a depth network, a ControlNet; null for others.</summary>
    private static CheckpointReport? ReadNetwork(string path)
    {
        if (!Directory.Exists(path) || LinkedFile.Exists(System.IO.Path.Combine(path, FileSelection.PipelineIndex))) return null;
        string config = System.IO.Path.Combine(path, "config.json");
        bool described = LinkedFile.Exists(config);
        string className = described ? ClassOf(JsonConfig.Open(config)) : "no configuration";
        string name = HubCache.Identify(path)?.Model.Repository ?? System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        NetworkReport[] networks = ModelFiles.OpenWeights(path) is { } weights ? [Describe("network", className, weights)] : [];
        return described || networks.Length > 0 ? new CheckpointReport(name, path, className, false, null, null, networks, null) : null;
    }

    private static string ClassOf(JsonConfig config) =>
        config.OptionalText("_class_name") ?? (config.Texts("architectures", []) is [var first, ..] ? first : null) ?? config.OptionalText("model_type") ?? "unknown";

    /// <summary>A part of a checkpoint; null where its files are not there. Damaged files are an error all the same.</summary>
    private static T? IfPresent<T>(Checkpoint checkpoint, string component, Func<T> open) where T : class =>
        !checkpoint.Has(component) || (Directory.Exists(checkpoint.Path) && ModelFiles.MissingOf(checkpoint.Path, component).Any()) ? null : open();

    private static NetworkReport Describe(string component, string className, IWeightSource source)
    {
        using IDisposable? file = source as IDisposable;
        List<WeightTensor> tensors = [.. source.Names.Select(name => source[name])];
        string precision = string.Join(", ", tensors.Where(t => t.Type.IsFloat()).GroupBy(t => t.Type).OrderByDescending(g => g.Count()).Select(g => g.Key.ToString()));
        return new NetworkReport(component, className, tensors.Where(t => t.Type.IsFloat()).Sum(t => (long)t.Count), tensors.Sum(t => (long)t.Data.Length), precision);
    }
}
