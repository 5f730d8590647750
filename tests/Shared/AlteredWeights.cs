using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>Another source's tensors, of which some are replaced, added or taken away.</summary>
internal sealed class AlteredWeights(IWeightSource source) : IWeightSource
{
    private readonly Dictionary<string, WeightTensor?> _changes = [];

    public string Description => source.Description;

    public IReadOnlyCollection<string> Names => [.. source.Names.Union(_changes.Keys).Where(Contains)];

    public bool Contains(string name) => _changes.TryGetValue(name, out WeightTensor? change) ? change is not null : source.Contains(name);

    public WeightTensor this[string name] =>
        _changes.TryGetValue(name, out WeightTensor? change) ? change ?? throw new KeyNotFoundException(name) : source[name];

    /// <summary>Adds or replaces a tensor.</summary>
    public AlteredWeights With(WeightTensor tensor)
    {
        _changes[tensor.Name] = tensor;
        return this;
    }

    /// <summary>Takes a tensor away.</summary>
    public AlteredWeights Without(string name)
    {
        _changes[name] = null;
        return this;
    }

    /// <summary>Replaces one value of a tensor.</summary>
    public AlteredWeights WithValue(string name, int index, float value)
    {
        WeightTensor tensor = source[name];
        float[] values = tensor.ToFloats();
        values[index] = value;
        _changes[name] = WeightTensor.FromFloats(name, tensor.Dimensions, values);
        return this;
    }

    /// <summary>Adds a tensor of zeros, or replaces one by it.</summary>
    public AlteredWeights WithZeros(string name, params ReadOnlySpan<int> dimensions)
    {
        int count = 1;
        foreach (int d in dimensions) count *= d;
        _changes[name] = WeightTensor.FromFloats(name, dimensions, new float[count]);
        return this;
    }

    /// <summary>Stores a tensor as another type.</summary>
    public AlteredWeights WithType(string name, ElementType type)
    {
        WeightTensor tensor = source[name];
        _changes[name] = new WeightTensor(name, type, tensor.Dimensions, new byte[tensor.Count * type.SizeInBytes()]);
        return this;
    }
}
