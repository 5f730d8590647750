using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;

namespace Depth2Img.Depth;

/// <summary>
/// The depth estimators that a checkpoint can use, each loaded when it is first asked for: the checkpoint's own network,
/// Tiefenrausch, and networks in folders of their own. They compute in single precision on every tier.
/// </summary>
public sealed class DepthEstimators : IDisposable
{
    /// <summary>The checkpoint's own network.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>The names that <see cref="Get"/> knows beside folders.</summary>
    public static readonly IReadOnlyList<string> Names = [Checkpoint, EmbeddedModels.TiefenrauschName];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IDepthEstimator> _loaded = [];
    private readonly Dictionary<string, Func<IDepthEstimator>> _known;
    private readonly IBackend _backend;
    private readonly CpuBackend? _float32;
    private readonly bool _lowMemory;
    private readonly Checkpoint _checkpoint;
    private readonly string? _tiefenrausch;

    internal DepthEstimators(Checkpoint checkpoint, string? tiefenrausch, IBackend backend, bool lowMemory = false)
    {
        // Depth is a small part of the work and everything follows it; rounding to 16 bits grows in these networks.
        if (backend is CpuBackend cpu && !cpu.Tier.IsFloat32())
            backend = _float32 = new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.BestFloat32, Threads = cpu.Pool.Threads });
        _backend = backend;
        _lowMemory = lowMemory;
        _checkpoint = checkpoint;
        _tiefenrausch = tiefenrausch;
        _known = new()
        {
            [Checkpoint] = () => DepthModelFolder.OpenCheckpoint(checkpoint, Checkpoint, backend, lowMemory),
            [EmbeddedModels.TiefenrauschName] = () => new TiefenrauschDepthEstimator(TiefenrauschFolder, backend),
        };
    }

    /// <summary>Opens the estimators of a checkpoint folder without loading any.</summary>
    /// <param name="checkpoint">The folder of the checkpoint whose own network can be used.</param>
    /// <param name="backend">What runs the networks; not disposed here.</param>
    /// <param name="tiefenrausch">Tiefenrausch's folder; null takes the one that comes with the program.</param>
    /// <exception cref="Depth2ImgException">The folder is no checkpoint.</exception>
    public static DepthEstimators Open(string checkpoint, IBackend backend, string? tiefenrausch = null) =>
        new(Checkpoints.Checkpoint.Open(checkpoint), tiefenrausch, backend);

    /// <summary>An estimator, loaded once and kept.</summary>
    /// <param name="depthModel">One of <see cref="Names"/>, the folder of a depth network, or the name of an estimator that was loaded before.</param>
    /// <exception cref="Depth2ImgException">There is no such estimator, its network is of a kind that is not supported, or its files are missing or damaged.</exception>
    public IDepthEstimator Get(string depthModel)
    {
        ArgumentNullException.ThrowIfNull(depthModel);
        lock (_lock)
        {
            if (_loaded.TryGetValue(depthModel, out IDepthEstimator? loaded)) return loaded;
            // What fails is not kept, so that it is tried again when the file is mended.
            if (_known.TryGetValue(depthModel, out Func<IDepthEstimator>? load)) return _loaded[depthModel] = load();
            if (!Directory.Exists(depthModel) && _loaded.Values.FirstOrDefault(estimator => estimator.Name == depthModel) is { } named) return named;
            return _loaded[depthModel] = DepthModelFolder.Open(DepthModelFolder.Find(depthModel), _backend, _lowMemory);
        }
    }

    /// <summary>Whether the checkpoint has a depth network of its own.</summary>
    internal bool HasCheckpointNetwork => _checkpoint.Has("depth_estimator");

    /// <summary>Whether two depth models are one network, however they are named.</summary>
    /// <exception cref="Depth2ImgException">There is no such estimator.</exception>
    internal bool AreSame(string one, string other) => SourceOf(one) == SourceOf(other);

    /// <summary>Unloads what was loaded.</summary>
    public void Dispose()
    {
        foreach (IDepthEstimator estimator in _loaded.Values) estimator.Dispose();
        _float32?.Dispose();
    }

    private string TiefenrauschFolder => _tiefenrausch ?? EmbeddedModels.Tiefenrausch;

    /// <summary>Where an estimator's files are.</summary>
    private string SourceOf(string depthModel) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(depthModel switch
    {
        Checkpoint => _checkpoint.Path,
        EmbeddedModels.TiefenrauschName => TiefenrauschFolder,
        _ => DepthModelFolder.Find(depthModel),
    }));
}
