using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Hub;
using Depth2Img.Imaging;
using Depth2Img.Models.Unet;
using Depth2Img.Pipelines;
using Depth2Img.Server.Options;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Engine;

/// <summary>The server's models. One is loaded at a time: to take another one unloads it.</summary>
internal sealed partial class ModelPool : IDisposable
{
    private const int UsualSampleSize = 64;

    private readonly IBackend _backend;
    private readonly ILogger<ModelPool> _logger;
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelFacts> _facts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _lock = new(1);
    private DepthToImagePipeline? _loaded;
    private string? _loadedName;

    /// <summary>Finds the models, and loads none yet.</summary>
    /// <exception cref="Depth2ImgException">A model is not on this machine.</exception>
    public ModelPool(ServerOptions options, ILogger<ModelPool> logger)
    {
        _logger = logger;
        foreach (string model in options.Models)
        {
            string name = NameOf(model), path = ModelLocator.Find(model);
            Checkpoint checkpoint = Checkpoint.Open(path, new CheckpointOptions());
            _paths[name] = path;
            _facts[name] = new ModelFacts(
                checkpoint.Defaults,
                UNet2DConditionConfig.Read(checkpoint.OpenConfig("unet")).SampleSize ?? UsualSampleSize,
                checkpoint.Has("depth_estimator"),
                checkpoint.Defaults.DepthModel ?? DepthEstimators.Checkpoint);
        }
        Names = [.. _paths.Keys];
        _backend = CpuBackends.Create(options.Cpu, options.Float32 ? Precision.Float32 : Precision.Auto);
    }

    /// <summary>What clients call the models; the first is the default.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What runs them.</summary>
    public string Backend => _backend.Description;

    /// <summary>The model that is loaded; null if none is.</summary>
    public string? LoadedName => Volatile.Read(ref _loadedName);

    /// <summary>A model's folder or file.</summary>
    public string PathOf(string name) => _paths[name];

    /// <summary>The settings that a model suits.</summary>
    public ModelDefaults DefaultsOf(string name) => _facts[name].Defaults;

    /// <summary>The side of the latents that a model's UNet was made for.</summary>
    public int SampleSizeOf(string name) => _facts[name].SampleSize;

    /// <summary>The longest side that a model works at where neither request nor model says one.</summary>
    public int MaxSizeOf(string name) => GenerationPlan.MaxSizeFor(SampleSizeOf(name));

    /// <summary>Whether a model has a depth network of its own.</summary>
    public bool HasDepthNetwork(string name) => _facts[name].HasDepthNetwork;

    /// <summary>Who estimates depth for a model where a request does not say.</summary>
    public string DefaultDepthModelOf(string name) => _facts[name].DepthModel;

    /// <summary>The model, loaded. Only one caller works with a model at a time: the engine sees to that.</summary>
    /// <exception cref="Depth2ImgException">It is damaged, or no model of this kind.</exception>
    public async Task<DepthToImagePipeline> LoadAsync(string name, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_loadedName == name) return _loaded!;
            if (!_paths.TryGetValue(name, out string? path)) throw new Depth2ImgException($"The model '{name}' is no longer served here.");
            Volatile.Write(ref _loadedName, null);
            _loaded?.Dispose();
            _loaded = null;
            _loaded = await LoadAsync(name, path, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _loadedName, name);
            return _loaded;
        }
        finally
        {
            _lock.Release();
        }
    }

    private async Task<DepthToImagePipeline> LoadAsync(string name, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await DepthToImagePipeline.LoadAsync(path, new PipelineOptions { Backend = _backend }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Depth2ImgException or IOException or UnauthorizedAccessException)
        {
            // Messages name the model's files; clients are told which model it is and no more.
            LogNotLoaded(_logger, name, e.Message);
            throw new Depth2ImgException($"The model '{name}' cannot be loaded; the server's log has the reason.", e);
        }
    }

    /// <summary>Estimates depth as a model would. Another model that is at work stays loaded: then only the estimator is, for this once.</summary>
    /// <param name="name">The model.</param>
    /// <param name="depthModel">Who estimates; null for the model's default.</param>
    /// <param name="image">The picture.</param>
    /// <param name="cancellationToken">Ends the work within one op.</param>
    /// <returns>The map at the picture's size, and who made it.</returns>
    public (DepthMap Map, string Estimator) EstimateDepth(string name, string? depthModel, Image image, CancellationToken cancellationToken)
    {
        if (LoadedName == name && _loaded is { } pipeline)
        {
            string chosen = depthModel ?? pipeline.DefaultDepthModel;
            return (pipeline.EstimateDepthAsync(image, chosen, cancellationToken).GetAwaiter().GetResult(), chosen);
        }
        string estimatorName = depthModel ?? DefaultDepthModelOf(name);
        using DepthEstimators estimators = DepthEstimators.Open(_paths[name], _backend);
        IDepthEstimator estimator = estimators.Get(estimatorName, cancellationToken);
        return (estimator.ResizeToPicture(estimator.Estimate(image.CompositeOn(255, 255, 255), cancellationToken), image.Width, image.Height), estimatorName);
    }

    public void Dispose()
    {
        _loaded?.Dispose();
        _backend.Dispose();
        _lock.Dispose();
    }

    /// <summary>A path is called by its last part: clients learn nothing of the machine's folders.</summary>
    private static string NameOf(string model) => Directory.Exists(model) || File.Exists(model) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(model)) : model;

    private sealed record ModelFacts(ModelDefaults Defaults, int SampleSize, bool HasDepthNetwork, string DepthModel);

    [LoggerMessage(Level = LogLevel.Error, Message = "The model {Model} cannot be loaded: {Reason}")]
    private static partial void LogNotLoaded(ILogger logger, string model, string reason);
}
