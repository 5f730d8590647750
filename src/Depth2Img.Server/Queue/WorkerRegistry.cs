namespace Depth2Img.Server.Queue;

/// <summary>The workers that are there, by their signs of life.</summary>
internal sealed class WorkerRegistry(TimeProvider time)
{
    /// <summary>How often workers give a sign.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>A worker that was silent for so long is gone.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (WorkerSign Sign, long Seen)> _workers = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return _workers.Count;
            }
        }
    }

    /// <summary>A worker gave a sign.</summary>
    /// <returns>Whether there are more workers or fewer now.</returns>
    public bool Seen(WorkerSign sign)
    {
        lock (_lock)
        {
            if (sign.Leaves) return _workers.Remove(sign.Worker);
            bool known = _workers.ContainsKey(sign.Worker);
            _workers[sign.Worker] = (sign, time.GetTimestamp());
            return !known;
        }
    }

    /// <summary>How many workers have a model.</summary>
    public int CountOf(string model)
    {
        lock (_lock)
        {
            Forget();
            return _workers.Values.Count(worker => worker.Sign.Models.Contains(model));
        }
    }

    private void Forget()
    {
        foreach ((string worker, (_, long seen)) in _workers.ToArray())
        {
            if (time.GetElapsedTime(seen) > Silence) _workers.Remove(worker);
        }
    }
}
