using System.Runtime.InteropServices;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>
/// A network's weights with adapters in them. A tensor is merged when it is asked for, in single precision from the stored
/// values, and rounded to their type once: there is never a second copy of the network, and tensors that no adapter
/// touches come as they are.
/// </summary>
/// <param name="source">The network's own weights.</param>
/// <param name="changes">By key; what has no strength is left out.</param>
/// <param name="description">Names the network's file and the adapters, for messages.</param>
internal sealed class AdaptedWeights(IWeightSource source, IReadOnlyDictionary<string, IReadOnlyList<WeightChange>> changes, string description) : IWeightSource
{
    /// <summary>Serves tensor after tensor: a network's worth of garbage would be the second copy that is to be avoided.</summary>
    private float[]? _scratch;

    /// <inheritdoc/>
    public string Description { get; } = description;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => source.Names;

    /// <inheritdoc/>
    public bool Contains(string name) => source.Contains(name);

    /// <inheritdoc/>
    public WeightTensor this[string name] => changes.TryGetValue(name, out IReadOnlyList<WeightChange>? list) ? Merge(source[name], list) : source[name];

    private WeightTensor Merge(WeightTensor weight, IReadOnlyList<WeightChange> changes)
    {
        float[]? values = Interlocked.Exchange(ref _scratch, null);
        if (values is null || values.Length < weight.Count) values = new float[weight.Count];
        try
        {
            weight.CopyTo(0, values.AsSpan(0, weight.Count));
            int stride = weight.Count / weight.Dimensions[0];
            foreach (WeightChange change in changes) change.Module.AddTo(values, stride, change.Strength);
            return new WeightTensor(weight.Name, StorageType(weight.Type), weight.Dimensions, Rounded(values.AsSpan(0, weight.Count), weight.Type));
        }
        finally
        {
            _scratch = values;
        }
    }

    /// <summary>Doubles, which networks are computed without, stay singles.</summary>
    private static ElementType StorageType(ElementType type) => type is ElementType.Float16 or ElementType.BFloat16 ? type : ElementType.Float32;

    private static byte[] Rounded(ReadOnlySpan<float> values, ElementType type)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked(values.Length * StorageType(type).SizeInBytes()));
        switch (type)
        {
            case ElementType.Float16:
                HalfConversion.NarrowFloat16(values, bytes);
                break;
            case ElementType.BFloat16:
                HalfConversion.NarrowBFloat16(values, bytes);
                break;
            default:
                MemoryMarshal.AsBytes(values).CopyTo(bytes);
                break;
        }
        return bytes;
    }
}
