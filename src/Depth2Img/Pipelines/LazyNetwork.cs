namespace Depth2Img.Pipelines;

/// <summary>
/// A network that is loaded when it is first borrowed. It is kept from then on, or, where memory is short, only as long
/// as somebody has it. Thread-safe: several borrowers share one copy, and whoever waits for another's loading can be
/// cancelled.
/// </summary>
/// <param name="load">Loads the network; called again after it was let go, failed or was cancelled.</param>
/// <param name="keep">Whether to keep it when nobody has it.</param>
internal sealed class LazyNetwork<T>(Func<CancellationToken, T> load, bool keep) : IDisposable where T : class, IDisposable
{
    private readonly Lock _lock = new();
    // Held while the network is loaded. Never disposed: a borrower may still come, and it owns no handle.
    private readonly SemaphoreSlim _loading = new(1, 1);
    private T? _network;
    private int _borrowers;
    private bool _disposed;

    /// <summary>Whether the network is in memory.</summary>
    public bool IsLoaded
    {
        get
        {
            lock (_lock) return _network is not null;
        }
    }

    /// <summary>Lends the network until the loan is disposed.</summary>
    /// <param name="cancellationToken">Ends the loading, or the waiting for another's, within one tensor.</param>
    /// <exception cref="Depth2ImgException">Its file is missing or damaged.</exception>
    public Loan Borrow(CancellationToken cancellationToken = default)
    {
        if (TryBorrow() is { } loaded) return loaded;
        _loading.Wait(cancellationToken);
        try
        {
            if (TryBorrow() is { } meanwhile) return meanwhile;
            T network = load(cancellationToken);
            lock (_lock)
            {
                if (_disposed) network.Dispose();
                ObjectDisposedException.ThrowIf(_disposed, typeof(T));
                _network = network;
                return Lend();
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Unloads the network, as soon as nobody has it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            UnloadIfUnused();
        }
    }

    private Loan? TryBorrow()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(T));
            return _network is null ? null : Lend();
        }
    }

    private Loan Lend()
    {
        _borrowers++;
        return new Loan(this, _network!);
    }

    private void Return()
    {
        lock (_lock)
        {
            _borrowers--;
            UnloadIfUnused();
        }
    }

    private void UnloadIfUnused()
    {
        if (_borrowers > 0 || (keep && !_disposed)) return;
        _network?.Dispose();
        _network = null;
    }

    /// <summary>A network in use.</summary>
    public sealed class Loan(LazyNetwork<T> owner, T network) : IDisposable
    {
        private bool _returned;

        /// <summary>The network.</summary>
        public T Network => network;

        /// <summary>Gives the network back. A second call does nothing.</summary>
        public void Dispose()
        {
            if (_returned) return;
            _returned = true;
            owner.Return();
        }
    }
}
