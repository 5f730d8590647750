using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>The tensors of two sources that share no key.</summary>
internal sealed class MergedWeights(IWeightSource first, IWeightSource second) : IWeightSource
{
    public string Description => $"{first.Description} and {second.Description}";

    public IReadOnlyCollection<string> Names => [.. first.Names, .. second.Names];

    public bool Contains(string name) => first.Contains(name) || second.Contains(name);

    public WeightTensor this[string name] => first.Contains(name) ? first[name] : second[name];
}
