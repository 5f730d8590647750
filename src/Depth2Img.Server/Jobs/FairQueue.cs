using System.Diagnostics.CodeAnalysis;

namespace Depth2Img.Server.Jobs;

/// <summary>
/// What waits: each client's first come, first served; clients take turns. A client's turn comes after all others
/// that were waiting when it had its last.
/// </summary>
/// <typeparam name="T">What waits: jobs' names, or depth estimates.</typeparam>
/// <param name="most">How many may wait.</param>
/// <param name="mostPerClient">How many of one client.</param>
internal sealed class FairQueue<T>(int most, int mostPerClient) : IDisposable where T : notnull
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ClientQueue> _turns = [];
    private readonly SemaphoreSlim _available = new(0);
    private readonly Dictionary<string, int> _reserved = [];
    private int _count, _reservedCount;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>How many clients have something that waits.</summary>
    public int Clients
    {
        get
        {
            lock (_lock) return _turns.Count;
        }
    }

    /// <summary>Adds a job at the end of its client's.</summary>
    /// <param name="client">The client.</param>
    /// <param name="job">The job.</param>
    /// <param name="evenIfFull">For jobs that were accepted before the server was restarted.</param>
    /// <returns>What hinders it; <see cref="QueueAdmission.Accepted"/> if nothing does.</returns>
    public QueueAdmission Enqueue(string client, T job, bool evenIfFull = false)
    {
        lock (_lock)
        {
            if (!evenIfFull && Find(client) is var hindrance and not QueueAdmission.Accepted) return hindrance;
            Add(client, job);
        }
        _available.Release();
        return QueueAdmission.Accepted;
    }

    /// <summary>Keeps a place for a job that is not ready to wait yet; <see cref="EnqueueReserved"/> or <see cref="GiveUp"/> follows.</summary>
    /// <returns>What hinders it; <see cref="QueueAdmission.Accepted"/> if nothing does.</returns>
    public QueueAdmission Reserve(string client)
    {
        lock (_lock)
        {
            QueueAdmission found = Find(client);
            if (found != QueueAdmission.Accepted) return found;
            _reserved[client] = _reserved.GetValueOrDefault(client) + 1;
            _reservedCount++;
            return found;
        }
    }

    /// <summary>Adds a job whose place was kept.</summary>
    public void EnqueueReserved(string client, T job)
    {
        lock (_lock)
        {
            RemoveReservation(client);
            Add(client, job);
        }
        _available.Release();
    }

    /// <summary>Gives a kept place up.</summary>
    public void GiveUp(string client)
    {
        lock (_lock) RemoveReservation(client);
    }

    /// <summary>Whether a job could be added now.</summary>
    public QueueAdmission Admits(string client)
    {
        lock (_lock) return Find(client);
    }

    /// <summary>Waits for the job whose turn it is, and takes it.</summary>
    public Task<T> DequeueAsync(CancellationToken cancellationToken) => DequeueAsync(_ => true, cancellationToken);

    /// <summary>Waits for the first job in turn that is wanted, and takes it. Those that are not keep their places.</summary>
    /// <param name="wanted">Whether a job is wanted now; is asked again when <see cref="LookAgain"/> is called. Must not call this queue.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> DequeueAsync(Func<T, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            // For every job that was added, and whenever the answer may be another: to be woken for nothing does no harm.
            await _available.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                if (!TryTake(wanted, out T? job)) continue;
                // Another one may be wanted too, whose own waking was for nothing.
                if (_count > 0 && _available.CurrentCount == 0) _available.Release();
                return job;
            }
        }
    }

    /// <summary>Has the one who waits ask again whether he wants a job.</summary>
    public void LookAgain() => _available.Release();

    /// <summary>Takes the job whose turn it is, if any waits.</summary>
    public bool TryDequeue([MaybeNullWhen(false)] out T job)
    {
        lock (_lock)
        {
            if (!TryTake(_ => true, out job)) return false;
        }
        _available.Wait(0); // one turn fewer to wait for
        return true;
    }

    /// <summary>Waits until something waits, and leaves it.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _available.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                if (_count == 0) continue; // it was taken or removed
            }
            _available.Release();
            return;
        }
    }

    /// <summary>Takes a job out.</summary>
    /// <returns>Whether it was waiting.</returns>
    public bool Remove(T job)
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
    public IReadOnlyList<T> InOrder()
    {
        lock (_lock)
        {
            List<T> order = new(_count);
            List<List<T>> turns = [.. _turns.Select(turn => turn.Jobs.ToList())];
            for (int round = 0; order.Count < _count; round++)
            {
                foreach (List<T> jobs in turns)
                {
                    if (round < jobs.Count) order.Add(jobs[round]);
                }
            }
            return order;
        }
    }

    public void Dispose() => _available.Dispose();

    private QueueAdmission Find(string client)
    {
        int own = (_turns.FirstOrDefault(turn => turn.Client == client)?.Jobs.Count ?? 0) + _reserved.GetValueOrDefault(client);
        if (own >= mostPerClient) return QueueAdmission.ClientFull;
        return _count + _reservedCount >= most ? QueueAdmission.Full : QueueAdmission.Accepted;
    }

    private void Add(string client, T job)
    {
        ClientQueue? own = _turns.FirstOrDefault(turn => turn.Client == client);
        if (own is null) _turns.AddLast(own = new ClientQueue(client));
        own.Jobs.AddLast(job);
        _count++;
    }

    private bool TryTake(Func<T, bool> wanted, [MaybeNullWhen(false)] out T taken)
    {
        for (LinkedListNode<ClientQueue>? turn = _turns.First; turn is not null; turn = turn.Next)
        {
            LinkedListNode<T>? job = turn.Value.Jobs.First;
            while (job is not null && !wanted(job.Value)) job = job.Next;
            if (job is null) continue;
            turn.Value.Jobs.Remove(job);
            _turns.Remove(turn);
            if (turn.Value.Jobs.Count > 0) _turns.AddLast(turn);
            _count--;
            taken = job.Value;
            return true;
        }
        taken = default;
        return false;
    }

    private void RemoveReservation(string client)
    {
        _reservedCount--;
        if (--_reserved[client] == 0) _reserved.Remove(client);
    }

    private sealed record ClientQueue(string Client)
    {
        public LinkedList<T> Jobs { get; } = [];
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
