using System.Collections;
using Depth2Img.Compute;

namespace Depth2Img.Models.Layers;

/// <summary>Tensors that are kept for later and given back together.</summary>
internal sealed class TensorList : IReadOnlyList<Tensor>, IDisposable
{
    private readonly List<Tensor> _tensors = [];

    public int Count => _tensors.Count;

    public Tensor this[int index] => _tensors[index];

    /// <summary>Takes a tensor over.</summary>
    public void Add(Tensor tensor) => _tensors.Add(tensor);

    public IEnumerator<Tensor> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors) tensor.Dispose();
        _tensors.Clear();
    }
}
