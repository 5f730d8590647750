using System.Diagnostics;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Http;

/// <summary>
/// Counts the bytes of all bodies that are in hand, so that many large ones at a time cannot fill the memory. A body is charged as
/// it arrives, not as it is announced, until its request is answered; one client may have half of the whole.
/// </summary>
/// <param name="limits">How much there may be.</param>
internal sealed class BodyBudget(ServerLimits limits)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _ofClients = [];
    private long _total;

    /// <summary>Bytes in hand.</summary>
    public long InHand
    {
        get
        {
            lock (_lock) return _total;
        }
    }

    /// <summary>What one client may have: its share, and one body at least.</summary>
    private long Share => Math.Max(limits.BodyBytes, limits.BodiesBytes / 2);

    /// <summary>Begins a request's body. What is announced and would not fit is refused before it is read.</summary>
    /// <exception cref="ProblemException">There is no room for it now.</exception>
    public static Lease Open(HttpContext context) => context.RequestServices.GetRequiredService<BodyBudget>().Begin(context);

    private Lease Begin(HttpContext context)
    {
        string client = Caller.Of(context).Client;
        long announced = Math.Min(context.Request.ContentLength ?? 0, limits.BodyBytes);
        lock (_lock) Require(client, announced);
        Lease lease = new(this, client, TimeSpan.FromSeconds(limits.BodySeconds));
        context.Response.RegisterForDispose(lease);
        return lease;
    }

    private void Take(string client, long bytes)
    {
        lock (_lock)
        {
            Require(client, bytes);
            _total += bytes;
            _ofClients[client] = _ofClients.GetValueOrDefault(client) + bytes;
        }
    }

    private void Require(string client, long bytes)
    {
        if (_ofClients.GetValueOrDefault(client) + bytes > Share)
            throw new ProblemException(new Problem(StatusCodes.Status429TooManyRequests, "Too much is being sent", $"Your requests that are being read have {Share >> 20} MiB together, the most that one client may have at a time.") { RetryAfter = Retry });
        if (_total + bytes > limits.BodiesBytes)
            throw new ProblemException(new Problem(StatusCodes.Status503ServiceUnavailable, "Too much is being sent", $"The requests that are being read have {limits.BodiesBytes >> 20} MiB together, the most that this server takes at a time.") { RetryAfter = Retry });
    }

    private void Release(string client, long bytes)
    {
        lock (_lock)
        {
            _total -= bytes;
            long left = _ofClients.GetValueOrDefault(client) - bytes;
            if (left > 0) _ofClients[client] = left;
            else _ofClients.Remove(client);
        }
    }

    /// <summary>One request's part, given back when it is answered.</summary>
    internal sealed class Lease(BodyBudget budget, string client, TimeSpan longest) : IDisposable
    {
        private readonly long _begun = Stopwatch.GetTimestamp();
        private long _bytes;

        /// <summary>Charges what has arrived.</summary>
        /// <exception cref="ProblemException">There is no room for it now, or it comes so slowly that it would be in hand for too long.</exception>
        public void Take(int bytes)
        {
            // Kestrel ends what stops coming altogether.
            if (Stopwatch.GetElapsedTime(_begun) > longest) throw new ProblemException(RequestBody.TooSlow);
            budget.Take(client, bytes);
            _bytes += bytes;
        }

        public void Dispose()
        {
            if (_bytes == 0) return;
            budget.Release(client, _bytes);
            _bytes = 0;
        }
    }
}
