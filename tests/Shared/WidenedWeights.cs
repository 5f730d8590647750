using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>Another source's tensors in single precision.</summary>
internal sealed class WidenedWeights(IWeightSource source) : IWeightSource
{
    public string Description => source.Description;

    public IReadOnlyCollection<string> Names => source.Names;

    public bool Contains(string name) => source.Contains(name);

    public WeightTensor this[string name]
    {
        get
        {
            WeightTensor tensor = source[name];
            return WeightTensor.FromFloats(name, tensor.Dimensions, tensor.ToFloats());
        }
    }
}
