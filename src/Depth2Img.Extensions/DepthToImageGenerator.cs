using System.Diagnostics;
using System.Runtime.CompilerServices;
using Depth2Img.Adapters;
using Depth2Img.Depth;
using Depth2Img.Embeddings;
using Depth2Img.Hub;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Depth2Img.Extensions;

/// <summary>The application's pipeline behind a queue, with its log.</summary>
internal sealed class DepthToImageGenerator : IDepthToImageGenerator, IDisposable, IAsyncDisposable
{
    /// <summary>What filters in logging's configuration name.</summary>
    private const string LogCategory = "Depth2Img";

    private readonly Depth2ImgOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turns;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private Task<DepthToImagePipeline>? _pipeline;
    private TaskCompletionSource? _idle;
    private int _active;
    private bool _disposed;

    public DepthToImageGenerator(IOptions<Depth2ImgOptions> options, ILoggerFactory loggers)
    {
        _options = options.Value;
        _logger = loggers.CreateLogger(LogCategory);
        _turns = new SemaphoreSlim(_options.MaxConcurrentRequests);
        _stopped = _stopping.Token;
    }

    /// <summary>The pipeline, if it is loaded.</summary>
    public DepthToImagePipeline? LoadedPipeline
    {
        get
        {
            lock (_lock) return _pipeline is { IsCompletedSuccessfully: true } loaded ? loaded.Result : null;
        }
    }

    public Task<DepthToImageResult> GenerateAsync(DepthToImageRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return TakeTurnAsync((pipeline, token) => GenerateLoggedAsync(pipeline, request, progress, token), cancellationToken);
    }

    public async IAsyncEnumerable<GenerationOutcome> GenerateManyAsync(
        IAsyncEnumerable<DepthToImageRequest> requests, GenerateManyOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        await foreach (GenerationOutcome outcome in GenerationSequence.Run(GenerateAsync, requests, options ?? new GenerateManyOptions(), cancellationToken).ConfigureAwait(false))
            yield return outcome;
    }

    public Task<DepthMap> EstimateDepthAsync(Image image, string? depthModel = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return TakeTurnAsync((pipeline, token) => pipeline.EstimateDepthAsync(image, depthModel, token), cancellationToken);
    }

    public Task<DepthToImagePipeline> GetPipelineAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // What failed is tried again: the file may have been mended, or the model fetched.
            if (_pipeline is null or { IsFaulted: true } or { IsCanceled: true }) _pipeline = Task.Run(LoadAsync, CancellationToken.None);
            return _pipeline.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Ends what is at work, waits for it, and unloads the pipeline.</summary>
    public async ValueTask DisposeAsync()
    {
        Task idle;
        Task<DepthToImagePipeline>? loading;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            loading = _pipeline;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_active == 0) _idle.SetResult();
            idle = _idle.Task;
        }
        await _stopping.CancelAsync().ConfigureAwait(false);
        await idle.ConfigureAwait(false);
        if (loading is not null)
        {
            await loading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
            if (loading.IsCompletedSuccessfully) (await loading.ConfigureAwait(false)).Dispose();
        }
        _stopping.Dispose();
        _turns.Dispose();
    }

    /// <summary>Runs something on the pipeline when it is its turn, unless the caller cancels or the application ends.</summary>
    private async Task<T> TakeTurnAsync<T>(Func<DepthToImagePipeline, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped);
            await _turns.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                DepthToImagePipeline pipeline = await GetPipelineAsync(either.Token).ConfigureAwait(false);
                return await work(pipeline, either.Token).ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested && e.CancellationToken != cancellationToken)
        {
            // The caller knows its own token, not the linked one.
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    private async Task<DepthToImageResult> GenerateLoggedAsync(
        DepthToImagePipeline pipeline, DepthToImageRequest request, IProgress<GenerationProgress>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        double Seconds() => Stopwatch.GetElapsedTime(started).TotalSeconds;
        Log.Begins(_logger, request.Count, request.Image.Width, request.Image.Height);
        if (_options.LogPrompts) Log.Prompt(_logger, request.Prompt, request.NegativePrompt);
        try
        {
            DepthToImageResult result = await pipeline.GenerateAsync(request, progress, cancellationToken).ConfigureAwait(false);
            GenerationSettings settings = result.Settings;
            Log.Made(_logger, settings.Count, settings.WorkingSize, Seconds(), settings.Evaluations, settings.Scheduler, settings.Seed, result.Warnings.Count);
            // They quote the prompt.
            foreach (string warning in _options.LogPrompts ? result.Warnings : []) Log.Warning(_logger, warning);
            return result;
        }
        catch (InvalidRequestException e)
        {
            Log.Refused(_logger, string.Join(", ", e.Faults.Select(fault => fault.Property).Distinct()));
            throw;
        }
        catch (OperationCanceledException)
        {
            Log.Cancelled(_logger, Seconds());
            throw;
        }
        catch (Exception e)
        {
            Log.Failed(_logger, Seconds(), e.GetType().FullName, _options.LogPrompts ? e : null);
            throw;
        }
    }

    private async Task<DepthToImagePipeline> LoadAsync()
    {
        Log.Loading(_logger, _options.Model);
        long started = Stopwatch.GetTimestamp();
        try
        {
            DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(ModelLocator.Find(_options.Model), ToPipelineOptions(_options), _stopped).ConfigureAwait(false);
            Log.Loaded(_logger, pipeline.Name, Stopwatch.GetElapsedTime(started).TotalSeconds, pipeline.Backend.Description);
            foreach (string note in pipeline.Notes) Log.Note(_logger, pipeline.Name, note);
            return pipeline;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.NotLoaded(_logger, _options.Model, e);
            throw;
        }
    }

    private static PipelineOptions ToPipelineOptions(Depth2ImgOptions options) => new()
    {
        Precision = options.Precision,
        LowMemory = options.LowMemory,
        ControlNet = options.ControlNet is { } path ? new ControlNetOptions(path) : null,
        Adapters = [.. options.Adapters.Select(a => new AdapterOptions(a.Path, a.Strength, a.Strength))],
        Embeddings = [.. options.Embeddings.Select(file => new EmbeddingOptions(file))],
        TracePrompts = options.LogPrompts,
    };

    private void Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _active++;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _active--;
            if (_active == 0) _idle?.TrySetResult();
        }
    }
}
