namespace Depth2Img.Models;

/// <summary>The weights of one network, given back together when the network is unloaded.</summary>
public sealed class WeightSet : IDisposable
{
    private readonly List<IDisposable> _weights = [];

    /// <summary>Takes a weight over.</summary>
    public T Own<T>(T weight) where T : IDisposable
    {
        _weights.Add(weight);
        return weight;
    }

    /// <summary>Gives all weights back.</summary>
    public void Dispose()
    {
        foreach (IDisposable weight in _weights) weight.Dispose();
        _weights.Clear();
    }
}
