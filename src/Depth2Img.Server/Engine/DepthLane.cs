using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Engine;

/// <summary>
/// Short work that does not wait for its turn among the jobs: depth estimates. One at most runs between two steps of the job
/// that is running, on that job's thread, so that estimates slow a job down and never hold it up; when none runs, at once.
/// Clients take turns.
/// </summary>
/// <param name="most">How many may wait.</param>
/// <param name="mostPerClient">How many of one client.</param>
internal sealed class DepthLane(int most, int mostPerClient) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly FairQueue<Action> _waiting = new(most, mostPerClient);

    /// <summary>How much waits.</summary>
    public int Count => _waiting.Count;

    /// <summary>Has something done.</summary>
    /// <param name="caller">For whom.</param>
    /// <param name="work">What; is given up when its token is cancelled.</param>
    /// <param name="cancellationToken">Ends the waiting, and the work.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="ProblemException">Too much waits already.</exception>
    public async Task<T> RunAsync<T>(Caller caller, Func<CancellationToken, T> work, CancellationToken cancellationToken)
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
        string? full = _waiting.Enqueue(caller.Client, Do) switch
        {
            QueueAdmission.ClientFull => $"You have {mostPerClient} depth estimates that wait, the most that one client may have.",
            QueueAdmission.Full => $"{most} depth estimates wait already, the most that this server takes.",
            _ => null,
        };
        if (full is not null) throw new ProblemException(new Problem(StatusCodes.Status429TooManyRequests, "Too many estimates wait", full) { RetryAfter = Retry });
        // Who gives up leaves the place to others at once.
        using CancellationTokenRegistration gone = cancellationToken.Register(() =>
        {
            if (_waiting.Remove(Do)) completion.TrySetCanceled(cancellationToken);
        });
        return await completion.Task.ConfigureAwait(false);
    }

    /// <summary>Does what waits longest of the client whose turn it is, if anything does.</summary>
    public void RunOne()
    {
        if (_waiting.TryDequeue(out Action? work)) work();
    }

    /// <summary>Waits until something waits.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _waiting.WaitAsync(cancellationToken);

    public void Dispose() => _waiting.Dispose();
}
