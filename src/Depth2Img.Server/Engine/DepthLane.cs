using System.Threading.Channels;

namespace Depth2Img.Server.Engine;

/// <summary>
/// Short work that does not wait for its turn among the jobs: depth estimates. It runs between two steps of the job that is
/// running, on that job's thread, or at once when none is.
/// </summary>
/// <param name="most">How many may wait.</param>
internal sealed class DepthLane(int most)
{
    private readonly Channel<Work> _waiting = Channel.CreateBounded<Work>(new BoundedChannelOptions(most) { FullMode = BoundedChannelFullMode.Wait });

    /// <summary>How much waits.</summary>
    public int Count => _waiting.Reader.Count;

    /// <summary>Has something done.</summary>
    /// <param name="work">What; is given up when its token is cancelled.</param>
    /// <param name="cancellationToken">Ends the waiting, and the work.</param>
    /// <returns>Its result; null if too much waits already.</returns>
    public Task<T>? TryRun<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Do()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                completion.TrySetCanceled(cancellationToken);
                return;
            }
            try
            {
                completion.TrySetResult(work(cancellationToken));
            }
            catch (OperationCanceledException)
            {
                completion.TrySetCanceled(cancellationToken);
            }
#pragma warning disable CA1031 // It belongs to whoever waits for the result, not to the job whose thread this is.
            catch (Exception e)
#pragma warning restore CA1031
            {
                completion.TrySetException(e);
            }
        }
        return _waiting.Writer.TryWrite(new Work(Do)) ? completion.Task : null;
    }

    /// <summary>Does what waits.</summary>
    public void Drain()
    {
        while (_waiting.Reader.TryRead(out Work? work)) work.Do();
    }

    /// <summary>Waits until something waits.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _waiting.Reader.WaitToReadAsync(cancellationToken);

    private sealed record Work(Action Do);
}
