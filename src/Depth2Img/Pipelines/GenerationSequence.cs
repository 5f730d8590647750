using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Depth2Img.Pipelines;

/// <summary>Runs sequences of requests.</summary>
public static class GenerationSequence
{
    /// <summary>
    /// Makes the pictures of many requests, and gives how each ended as soon as it and all before it have: in the order of
    /// the requests. One that fails does not touch the others.
    /// </summary>
    /// <param name="pipeline">What makes them.</param>
    /// <param name="requests">
    /// The requests, which may come slowly and without end: no more are taken than <see cref="GenerateManyOptions.Concurrency"/>
    /// that are not yet given back. If it throws, the outcomes of what it gave until then come first.
    /// </param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the whole sequence, within one op. Leaving the enumeration early does so, too.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IAsyncEnumerable<GenerationOutcome> GenerateManyAsync(
        this DepthToImagePipeline pipeline, IAsyncEnumerable<DepthToImageRequest> requests, GenerateManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(requests);
        return Run(pipeline.GenerateAsync, requests, options ?? new GenerateManyOptions(), cancellationToken);
    }

    /// <summary>The same for requests that are there already, or are made as they are taken.</summary>
    /// <inheritdoc cref="GenerateManyAsync(DepthToImagePipeline, IAsyncEnumerable{DepthToImageRequest}, GenerateManyOptions?, CancellationToken)"/>
    public static IAsyncEnumerable<GenerationOutcome> GenerateManyAsync(
        this DepthToImagePipeline pipeline, IEnumerable<DepthToImageRequest> requests, GenerateManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return GenerateManyAsync(pipeline, requests.ToAsyncEnumerable(), options, cancellationToken);
    }

    /// <summary>Runs requests by any method that can run one.</summary>
    internal static async IAsyncEnumerable<GenerationOutcome> Run(
        GenerateMethod generate, IAsyncEnumerable<DepthToImageRequest> requests, GenerateManyOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Queue<Task<GenerationOutcome>> running = new();
        IAsyncEnumerator<DepthToImageRequest> source = requests.GetAsyncEnumerator(stop.Token);
        Task<bool>? next = null;
        ExceptionDispatchInfo? sourceError = null;
        bool more = true;
        int index = 0;
        try
        {
            while (true)
            {
                if (more && running.Count < options.Concurrency) next ??= source.MoveNextAsync().AsTask();
                if (next is null && running.Count == 0) break;
                // Whichever is first: a slow source must not hold back what is done, nor a slow picture the next one's beginning.
                Task? head = running.Count > 0 ? running.Peek() : null;
                if (next is not null && (head is null || await Task.WhenAny(head, next).ConfigureAwait(false) == next))
                {
                    (more, sourceError) = await MoveAsync(next, stop.Token).ConfigureAwait(false);
                    next = null;
                    if (more) running.Enqueue(RunOneAsync(generate, index++, source.Current, options.Progress, stop.Token));
                    continue;
                }
                yield return await running.Dequeue().ConfigureAwait(false);
            }
            sourceError?.Throw();
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // Nothing runs on behind the caller's back, and no task's exception is left unseen.
            Task[] left = next is null ? [.. running] : [.. running, next];
            await Task.WhenAll(left).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<(bool More, ExceptionDispatchInfo? Error)> MoveAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            return (await next.ConfigureAwait(false), null);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return (false, ExceptionDispatchInfo.Capture(e));
        }
    }

    private static async Task<GenerationOutcome> RunOneAsync(
        GenerateMethod generate, int index, DepthToImageRequest request, IProgress<SequenceProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            IProgress<GenerationProgress>? own = progress is null ? null : new IndexedProgress(index, progress);
            return new GenerationOutcome(index, request, await generate(request, own, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return new GenerationOutcome(index, request, null, e);
        }
    }

    private sealed class IndexedProgress(int index, IProgress<SequenceProgress> all) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => all.Report(new SequenceProgress(index, value));
    }
}

/// <summary>Runs one request.</summary>
internal delegate Task<DepthToImageResult> GenerateMethod(DepthToImageRequest request, IProgress<GenerationProgress>? progress, CancellationToken cancellationToken);
