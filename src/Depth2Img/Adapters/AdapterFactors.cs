using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>The tensors that a file keeps for one module. Shapes come from the header; values are read when they are asked for.</summary>
/// <param name="source">The file.</param>
/// <param name="module">The module's name as the file writes it, for messages.</param>
internal sealed class AdapterFactors(IWeightSource source, string module)
{
    private const long LargestProduct = 1 << 29;

    private readonly Dictionary<AdapterFactor, string> _keys = [];

    /// <summary>The file.</summary>
    public string File => source.Description;

    /// <summary>The module's name as the file writes it.</summary>
    public string Module { get; } = module;

    /// <summary>How many tensors there are.</summary>
    public int Count => _keys.Count;

    /// <summary>Adds a tensor.</summary>
    /// <exception cref="Depth2ImgException">The module has one of this meaning.</exception>
    public void Add(AdapterFactor factor, string key)
    {
        if (!_keys.TryAdd(factor, key))
            throw new Depth2ImgException($"'{File}' has a factor twice: '{_keys[factor]}' and '{key}'.");
    }

    public bool Has(AdapterFactor factor) => _keys.ContainsKey(factor);

    /// <summary>A factor's sizes, of the number of dimensions that it should have.</summary>
    /// <exception cref="Depth2ImgException">It is absent, has other dimensions, one of them is zero, or it holds no floating-point numbers.</exception>
    public int[] Dimensions(AdapterFactor factor, params ReadOnlySpan<int> ranks)
    {
        WeightTensor tensor = Tensor(factor);
        int[] dimensions = tensor.Dimensions.ToArray();
        if (!ranks.Contains(dimensions.Length) || dimensions.Contains(0))
            throw new Depth2ImgException($"'{File}': '{tensor.Name}' is {tensor.DimensionsText}; a factor of {string.Join(" or ", ranks.ToArray())} dimensions was expected.");
        if (!tensor.Type.IsFloat())
            throw new Depth2ImgException($"'{File}': '{tensor.Name}' holds {tensor.Type}; floating-point numbers were expected.");
        return dimensions;
    }

    /// <summary>A factor as a matrix: [rows, the rest].</summary>
    /// <exception cref="Depth2ImgException">As for <see cref="Dimensions"/>.</exception>
    public (int Rows, int Columns) Matrix(AdapterFactor factor)
    {
        int[] dimensions = Dimensions(factor, 2, 4);
        return (dimensions[0], dimensions.Skip(1).Aggregate(1, (product, d) => checked(product * d)));
    }

    /// <summary>Refuses factors whose product would be larger than any network's weight.</summary>
    /// <exception cref="Depth2ImgException">It would.</exception>
    public void RequireSize(AdapterFactor factor, long elements)
    {
        if (elements > LargestProduct)
            throw new Depth2ImgException($"'{File}': {Describe(factor)} makes {elements} values; no network has a weight of that size.");
    }

    /// <summary>A factor's values.</summary>
    /// <exception cref="Depth2ImgException">Some are not finite.</exception>
    public float[] Values(AdapterFactor factor)
    {
        WeightTensor tensor = Tensor(factor);
        float[] values = tensor.ToFloats();
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                throw new Depth2ImgException($"'{File}': '{tensor.Name}' holds NaN or infinite values; the file is damaged or its training failed.");
        }
        return values;
    }

    /// <summary>The one number of the factor alpha; null if there is none, or if it is 0, which means the same.</summary>
    /// <exception cref="Depth2ImgException">It is not one number, or not finite.</exception>
    public float? Alpha()
    {
        if (!Has(AdapterFactor.Alpha)) return null;
        WeightTensor tensor = Tensor(AdapterFactor.Alpha);
        if (tensor.Count != 1)
            throw new Depth2ImgException($"'{File}': '{tensor.Name}' is {tensor.DimensionsText}; one number was expected.");
        float alpha = Values(AdapterFactor.Alpha)[0];
        return alpha == 0 ? null : alpha;
    }

    /// <summary>What a factor says of itself in a message: its key and sizes.</summary>
    public string Describe(AdapterFactor factor) => $"'{_keys[factor]}' {Tensor(factor).DimensionsText}";

    private WeightTensor Tensor(AdapterFactor factor) => _keys.TryGetValue(factor, out string? key)
        ? source[key]
        : throw new Depth2ImgException($"'{File}' has only a part of the factors of '{Module}': {string.Join(", ", _keys.Values.Order(StringComparer.Ordinal))}. The file is damaged.");
}
