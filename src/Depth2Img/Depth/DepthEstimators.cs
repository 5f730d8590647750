using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Models;
using Depth2Img.Models.Dpt;
using Depth2Img.Pipelines;

namespace Depth2Img.Depth;

/// <summary>The depth estimators that a checkpoint can use, each loaded when it is first asked for. They compute in single precision on every tier.</summary>
public sealed class DepthEstimators : IDisposable
{
    /// <summary>The checkpoint's own network.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>The names that <see cref="Get"/> knows.</summary>
    public static readonly IReadOnlyList<string> Names = [Checkpoint, EmbeddedModels.TiefenrauschName];

    private readonly Dictionary<string, Lazy<IDepthEstimator>> _estimators;

    private readonly CpuBackend? _float32;

    internal DepthEstimators(Checkpoint checkpoint, string? tiefenrausch, IBackend backend, bool lowMemory = false)
    {
        // Depth is a small part of the work and everything follows it; rounding to 16 bits grows in these networks.
        if (backend is CpuBackend cpu && !cpu.Tier.IsFloat32())
            backend = _float32 = new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.BestFloat32, Threads = cpu.Pool.Threads });
        _estimators = new()
        {
            // Not the default mode: an exception would be kept and thrown for ever, even when the file is mended.
            [Checkpoint] = new(() => LoadDpt(checkpoint, backend, lowMemory), LazyThreadSafetyMode.PublicationOnly),
            [EmbeddedModels.TiefenrauschName] = new(() => new TiefenrauschDepthEstimator(tiefenrausch ?? EmbeddedModels.Tiefenrausch, backend), LazyThreadSafetyMode.PublicationOnly),
        };
    }

    /// <summary>Opens the estimators of a checkpoint folder without loading any.</summary>
    /// <param name="checkpoint">The folder of the checkpoint whose own network can be used.</param>
    /// <param name="backend">What runs the networks; not disposed here.</param>
    /// <param name="tiefenrausch">Tiefenrausch's folder; null takes the one that comes with the program.</param>
    /// <exception cref="Depth2ImgException">The folder is no checkpoint.</exception>
    public static DepthEstimators Open(string checkpoint, IBackend backend, string? tiefenrausch = null) =>
        new(Checkpoints.Checkpoint.Open(checkpoint), tiefenrausch, backend);

    /// <summary>An estimator by name, loaded.</summary>
    /// <exception cref="Depth2ImgException">No estimator has that name, or its files are missing or damaged.</exception>
    public IDepthEstimator Get(string name) => _estimators.TryGetValue(name, out Lazy<IDepthEstimator>? estimator)
        ? estimator.Value
        : throw new Depth2ImgException($"There is no depth model '{name}'; there are {string.Join(" and ", Names)}.");

    /// <summary>Unloads what was loaded.</summary>
    public void Dispose()
    {
        foreach (Lazy<IDepthEstimator> estimator in _estimators.Values)
        {
            if (estimator.IsValueCreated) estimator.Value.Dispose();
        }
        _float32?.Dispose();
    }

    private static DptDepthEstimator LoadDpt(Checkpoint checkpoint, IBackend backend, bool lowMemory)
    {
        if (!checkpoint.Has("depth_estimator"))
            throw new Depth2ImgException($"'{checkpoint.Path}' has no depth network of its own; use the depth model {EmbeddedModels.TiefenrauschName}, or give a depth map.");
        checkpoint.ClassOf("depth_estimator", "DPTForDepthEstimation");
        DptConfig config = DptConfig.Read(checkpoint.OpenConfig("depth_estimator"));
        DptPreprocessorConfig preprocessor = checkpoint.OpenPreprocessor();
        LazyNetwork<DptForDepthEstimation> network = new(() => LoadNetwork(checkpoint, config, backend), keep: !lowMemory);
        if (!lowMemory) network.Borrow().Dispose();
        return new DptDepthEstimator(Checkpoint, network, preprocessor, backend);
    }

    private static DptForDepthEstimation LoadNetwork(Checkpoint checkpoint, DptConfig config, IBackend backend)
    {
        IWeightSource source = checkpoint.OpenWeights("depth_estimator");
        using IDisposable? file = source as IDisposable;
        return CheckpointScope.Load(source, backend, scope => new DptForDepthEstimation(scope, config), out _);
    }
}
