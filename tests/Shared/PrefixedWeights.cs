using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>Those tensors of a source whose keys start with a prefix, under their keys without it.</summary>
internal sealed class PrefixedWeights(IWeightSource source, string prefix) : IWeightSource
{
    public string Description => source.Description;

    public IReadOnlyCollection<string> Names { get; } =
        [.. source.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..])];

    public bool Contains(string name) => source.Contains(prefix + name);

    public WeightTensor this[string name]
    {
        get
        {
            WeightTensor tensor = source[prefix + name];
            return new WeightTensor(name, tensor.Type, tensor.Dimensions, tensor.Data);
        }
    }
}
