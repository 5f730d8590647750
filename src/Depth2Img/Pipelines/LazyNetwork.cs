namespace Depth2Img.Pipelines;

/// <summary>
/// A network that is loaded when it is first borrowed. It is kept from then on, or, where memory is short, only as long
/// as somebody has it. Thread-safe: several borrowers share one copy.
/// </summary>
/// <param name="load">Loads the network; called again after it was let go.</param>
/// <param name="keep">Whether to keep it when nobody has it.</param>
internal sealed class LazyNetwork<T>(Func<T> load, bool keep) : IDisposable where T : class, IDisposable
{
    private readonly Lock _lock = new();
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
    /// <exception cref="Depth2ImgException">Its file is missing or damaged.</exception>
    public Loan Borrow()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(T));
            _network ??= load();
            _borrowers++;
            return new Loan(this, _network);
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
