using Depth2Img.Compute;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>A network in memory with inputs to run it on.</summary>
internal sealed class LoadedNetwork : IDisposable
{
    private readonly IDisposable _network;

    /// <summary>Takes a network over.</summary>
    /// <param name="network">Disposed with this.</param>
    /// <param name="prepare">Given a session, puts the inputs there and returns the pass over them.</param>
    public LoadedNetwork(IDisposable network, Func<IOps, NetworkPass> prepare)
    {
        _network = network;
        Prepare = prepare;
    }

    /// <summary>Given a session, puts the inputs there and returns the pass over them, which lives no longer than the session.</summary>
    public Func<IOps, NetworkPass> Prepare { get; }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _network.Dispose();
}

/// <summary>A network on inputs that lie in a session.</summary>
/// <param name="Run">One pass through the session, or one that counts what passes through it; the result is to be disposed, or null if it was taken out.</param>
/// <param name="Inputs">Disposed when no pass follows.</param>
internal sealed record NetworkPass(Func<IOps, Tensor?> Run, params IDisposable[] Inputs) : IDisposable
{
    /// <summary>Gives the inputs back.</summary>
    public void Dispose()
    {
        foreach (IDisposable input in Inputs) input.Dispose();
    }
}
