using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.Ldm;

/// <summary>One network of a one-file checkpoint under diffusers' names. Tensors are views of the file's; nothing is copied.</summary>
internal sealed class LdmWeights(IWeightSource file, LdmKeyMap map) : IWeightSource, IDisposable
{
    /// <inheritdoc/>
    public string Description => file.Description;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = [.. map.Keys.Keys];

    /// <inheritdoc/>
    public bool Contains(string name) => map.Keys.ContainsKey(name);

    /// <inheritdoc/>
    public WeightTensor this[string name]
    {
        get
        {
            LdmKey key = map.Keys[name];
            WeightTensor tensor = file[key.Name];
            int[] dimensions = tensor.Dimensions.ToArray();
            ReadOnlyMemory<byte> data = tensor.Data;
            if (key.Parts > 1)
            {
                if (dimensions.Length == 0 || dimensions[0] % key.Parts != 0)
                    throw new Depth2ImgException($"{key.Name}: rows in {key.Parts} equal parts expected, {tensor.DimensionsText} found in '{file.Description}'.");
                dimensions[0] /= key.Parts;
                int length = data.Length / key.Parts;
                data = data.Slice(key.Part * length, length);
            }
            if (key.IsMatrix && dimensions is [_, _, 1, 1]) dimensions = dimensions[..2];
            return new WeightTensor(name, tensor.Type, dimensions, data);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (file as IDisposable)?.Dispose();
}
