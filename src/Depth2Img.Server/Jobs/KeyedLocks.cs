namespace Depth2Img.Server.Jobs;

/// <summary>Locks by name, each there as long as somebody holds it or waits for it.</summary>
internal sealed class KeyedLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>How many names are held or waited for.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>Waits until nobody else holds a name, and holds it until what is returned is disposed.</summary>
    public async Task<IDisposable> HoldAsync(string name, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(name, out entry!)) _entries[name] = entry = new Entry();
            entry.Users++;
        }
        try
        {
            await entry.Free.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Leave(name, entry);
            throw;
        }
        return new Held(this, name, entry);
    }

    private void Leave(string name, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Users > 0) return;
            _entries.Remove(name);
            entry.Dispose();
        }
    }

    private sealed class Entry : IDisposable
    {
        public SemaphoreSlim Free { get; } = new(1);

        public int Users { get; set; }

        public void Dispose() => Free.Dispose();
    }

    private sealed class Held(KeyedLocks locks, string name, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Free.Release();
            locks.Leave(name, entry);
        }
    }
}
