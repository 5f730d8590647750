using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Hub;
using Depth2Img.Models;
using Depth2Img.Models.DepthAnything;
using Depth2Img.Models.Dpt;
using Depth2Img.Pipelines;

namespace Depth2Img.Depth;

/// <summary>
/// A depth network in a folder of its own, in transformers' layout: <c>config.json</c>, <c>preprocessor_config.json</c>
/// and the weights. What network it is, is told by its configuration; those that are known and not read are refused by
/// their names.
/// </summary>
internal static class DepthModelFolder
{
    private const string Supported = "DPT-hybrid and DPT-large (MiDaS 3.0) and Depth Anything V1 and V2, small, base and large, are";

    /// <summary>The folder that a depth model is given by.</summary>
    /// <param name="depthModel">A folder's path, or the name of a fetched model.</param>
    /// <exception cref="Depth2ImgException">There is none.</exception>
    public static string Find(string depthModel)
    {
        if (Directory.Exists(depthModel)) return depthModel;
        if (!File.Exists(depthModel) && ModelLocator.LooksFetched(depthModel)) return ModelLocator.Find(depthModel);
        string names = string.Join(" and ", DepthEstimators.Names);
        throw new Depth2ImgException(File.Exists(depthModel)
            ? $"The depth model '{depthModel}' is a file; {names} or a folder with a config.json was expected. Of the models that come as one file, use the form that transformers reads."
            : $"There is no depth model '{depthModel}': there are {names}, and no folder of that name.");
    }

    /// <summary>Opens an estimator; its network is loaded now or, where memory is short, when it is first needed.</summary>
    /// <param name="folder">A depth network's folder, or that of a checkpoint that has one.</param>
    /// <param name="backend">What runs it.</param>
    /// <param name="lowMemory">Whether to keep the network only as long as it is used.</param>
    /// <param name="cancellationToken">Ends the loading within one tensor.</param>
    /// <exception cref="Depth2ImgException">The folder holds another kind of network, or a file is missing or damaged.</exception>
    public static IDepthEstimator Open(string folder, IBackend backend, bool lowMemory, CancellationToken cancellationToken = default)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (File.Exists(Path.Combine(folder, "model_index.json"))) return OpenCheckpoint(Checkpoint.Open(folder), name, backend, lowMemory, cancellationToken);
        string config = Path.Combine(folder, "config.json");
        if (!File.Exists(config))
            throw new Depth2ImgException($"'{folder}' is no depth model: it has no config.json.");
        Func<CheckpointScope, IDepthNetwork> construct = ConstructorFor(JsonConfig.Open(config));
        DptPreprocessorConfig preprocessor = DptPreprocessorConfig.Load(Path.Combine(folder, "preprocessor_config.json"));
        return Open(name, () => CheckpointFolder.OpenWeightsIn(folder), construct, preprocessor, backend, lowMemory, cancellationToken);
    }

    /// <summary>Opens a checkpoint's own depth network.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="name">The name that settings show.</param>
    /// <param name="backend">What runs it.</param>
    /// <param name="lowMemory">Whether to keep the network only as long as it is used.</param>
    /// <param name="cancellationToken">Ends the loading within one tensor.</param>
    /// <exception cref="Depth2ImgException">It has none, or one of another kind, or a file is missing or damaged.</exception>
    public static IDepthEstimator OpenCheckpoint(Checkpoint checkpoint, string name, IBackend backend, bool lowMemory, CancellationToken cancellationToken = default)
    {
        if (!checkpoint.Has("depth_estimator"))
            throw new Depth2ImgException($"'{checkpoint.Path}' has no depth network of its own; use the depth model {EmbeddedModels.TiefenrauschName}, or give a depth map.");
        checkpoint.ClassOf("depth_estimator", "DPTForDepthEstimation", "DepthAnythingForDepthEstimation");
        Func<CheckpointScope, IDepthNetwork> construct = ConstructorFor(checkpoint.OpenConfig("depth_estimator"));
        return Open(name, () => checkpoint.OpenWeights("depth_estimator"), construct, checkpoint.OpenPreprocessor(), backend, lowMemory, cancellationToken);
    }

    private static NetworkDepthEstimator Open(
        string name, Func<IWeightSource> openWeights, Func<CheckpointScope, IDepthNetwork> construct, DptPreprocessorConfig preprocessor, IBackend backend, bool lowMemory,
        CancellationToken cancellationToken)
    {
        LazyNetwork<IDepthNetwork> network = new(Load, keep: !lowMemory);
        if (!lowMemory) network.Borrow(cancellationToken).Dispose();
        return new NetworkDepthEstimator(name, network, preprocessor, backend);

        IDepthNetwork Load(CancellationToken cancellation)
        {
            IWeightSource source = openWeights();
            using IDisposable? file = source as IDisposable;
            return CheckpointScope.Load(new CancellableWeights(source, cancellation), backend, construct, out _);
        }
    }

    /// <summary>Chooses the network that a configuration is for.</summary>
    private static Func<CheckpointScope, IDepthNetwork> ConstructorFor(JsonConfig json)
    {
        string type = json.OptionalText("model_type") ?? "";
        if (NameOfUnsupported(json, type) is { } name)
            throw new Depth2ImgException($"'{json.Source}' is of a {name} model, which is not supported; {Supported}.");
        if (type == "depth_anything")
        {
            DepthAnythingConfig config = DepthAnythingConfig.Read(json);
            return scope => new DepthAnythingForDepthEstimation(scope, config);
        }
        DptConfig dpt = DptConfig.Read(json);
        return scope => new DptForDepthEstimation(scope, dpt);
    }

    /// <summary>What people call a depth network that is known and not read; null for all others.</summary>
    private static string? NameOfUnsupported(JsonConfig json, string type)
    {
        switch (type)
        {
            case "zoedepth": return "ZoeDepth";
            case "glpn": return "GLPN";
            case "prompt_depth_anything": return "Prompt Depth Anything";
            case "depth_pro": return "Depth Pro";
            case "dpt" or "depth_anything" or "": break;
            default: return $"\"{type}\"";
        }
        if (json.Has("architectures") && json.Texts("architectures").Contains("DPTForSemanticSegmentation"))
            return "semantic segmentation (DPTForSemanticSegmentation)";
        if (type == "depth_anything" || json.OptionalObject("backbone_config") is not { } backbone) return null;
        return backbone.OptionalText("model_type") switch
        {
            "beit" => "DPT-BEiT (MiDaS 3.1)",
            "swinv2" => "DPT-SwinV2 (MiDaS 3.1)",
            "swin" => "DPT-Swin (MiDaS 3.1)",
            "dinov2" => "DPT-DINOv2",
            _ => null,
        };
    }
}
