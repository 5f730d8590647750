using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>Another source's tensors under other keys.</summary>
/// <param name="source">The tensors.</param>
/// <param name="renamed">A tensor's new key of its old one.</param>
internal sealed class RenamedWeights(IWeightSource source, Func<string, string> renamed) : IWeightSource
{
    private readonly Dictionary<string, string> _oldNames = source.Names.ToDictionary(renamed);

    public string Description => source.Description;

    public IReadOnlyCollection<string> Names => _oldNames.Keys;

    public bool Contains(string name) => _oldNames.ContainsKey(name);

    public WeightTensor this[string name]
    {
        get
        {
            WeightTensor tensor = source[_oldNames[name]];
            return new WeightTensor(name, tensor.Type, tensor.Dimensions, tensor.Data);
        }
    }
}
