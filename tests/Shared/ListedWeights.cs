using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>Tensors in memory.</summary>
internal sealed class ListedWeights(string description, IEnumerable<WeightTensor> tensors) : IWeightSource
{
    private readonly Dictionary<string, WeightTensor> _tensors = tensors.ToDictionary(tensor => tensor.Name);

    public string Description => description;

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    public bool Contains(string name) => _tensors.ContainsKey(name);

    public WeightTensor this[string name] => _tensors[name];
}
