namespace Depth2Img.Server.Jobs;

/// <summary>
/// The jobs that wait: each client's first come, first served; clients take turns. A client's turn comes after all others
/// that were waiting when it had its last.
/// </summary>
/// <param name="most">How many may wait.</param>
/// <param name="mostPerClient">How many of one client.</param>
internal sealed class FairQueue(int most, int mostPerClient) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ClientQueue> _turns = [];
    private readonly SemaphoreSlim _available = new(0);
    private int _count;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Adds a job at the end of its client's.</summary>
    /// <param name="client">The client.</param>
    /// <param name="job">The job.</param>
    /// <param name="evenIfFull">For jobs that were accepted before the server was restarted.</param>
    /// <returns>What hinders it; <see cref="QueueAdmission.Accepted"/> if nothing does.</returns>
    public QueueAdmission Enqueue(string client, string job, bool evenIfFull = false)
    {
        lock (_lock)
        {
            ClientQueue? own = _turns.FirstOrDefault(turn => turn.Client == client);
            if (!evenIfFull)
            {
                if (own is not null && own.Jobs.Count >= mostPerClient) return QueueAdmission.ClientFull;
                if (_count >= most) return QueueAdmission.Full;
            }
            if (own is null) _turns.AddLast(own = new ClientQueue(client));
            own.Jobs.AddLast(job);
            _count++;
        }
        _available.Release();
        return QueueAdmission.Accepted;
    }

    /// <summary>Whether a job could be added now.</summary>
    public QueueAdmission Admits(string client)
    {
        lock (_lock)
        {
            if (_turns.FirstOrDefault(turn => turn.Client == client)?.Jobs.Count >= mostPerClient) return QueueAdmission.ClientFull;
            return _count >= most ? QueueAdmission.Full : QueueAdmission.Accepted;
        }
    }

    /// <summary>Waits for the job whose turn it is, and takes it.</summary>
    public async Task<string> DequeueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _available.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                if (_turns.First is not { } first) continue; // it was removed
                _turns.RemoveFirst();
                string job = first.Value.Jobs.First!.Value;
                first.Value.Jobs.RemoveFirst();
                if (first.Value.Jobs.Count > 0) _turns.AddLast(first);
                _count--;
                return job;
            }
        }
    }

    /// <summary>Takes a job out.</summary>
    /// <returns>Whether it was waiting.</returns>
    public bool Remove(string job)
    {
        lock (_lock)
        {
            foreach (ClientQueue turn in _turns)
            {
                if (!turn.Jobs.Remove(job)) continue;
                if (turn.Jobs.Count == 0) _turns.Remove(turn);
                _count--;
                return true;
            }
            return false;
        }
    }

    /// <summary>The waiting jobs in the order in which they will be taken if nothing is added.</summary>
    public IReadOnlyList<string> InOrder()
    {
        lock (_lock)
        {
            List<string> order = new(_count);
            List<List<string>> turns = [.. _turns.Select(turn => turn.Jobs.ToList())];
            for (int round = 0; order.Count < _count; round++)
            {
                foreach (List<string> jobs in turns)
                {
                    if (round < jobs.Count) order.Add(jobs[round]);
                }
            }
            return order;
        }
    }

    public void Dispose() => _available.Dispose();

    private sealed record ClientQueue(string Client)
    {
        public LinkedList<string> Jobs { get; } = [];
    }
}

/// <summary>What a queue says to one more job.</summary>
internal enum QueueAdmission
{
    Accepted,
    /// <summary>Too many wait.</summary>
    Full,
    /// <summary>Too many of this client's wait.</summary>
    ClientFull,
}
