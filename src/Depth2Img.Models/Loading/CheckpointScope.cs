using System.Globalization;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models;

/// <summary>
/// A path into a checkpoint. A network's constructor walks it from top to bottom with the checkpoint's own key
/// segments, and asks it for weights by the sizes that its configuration implies; what is missing, misshapen or not
/// finite is named with its whole key. Everything created is owned by the root scope's <see cref="WeightSet"/>.
/// </summary>
public sealed class CheckpointScope
{
    private readonly Root _root;

    /// <summary>The root of a checkpoint.</summary>
    /// <param name="source">The tensors.</param>
    /// <param name="backend">What prepares them.</param>
    public CheckpointScope(IWeightSource source, IBackend backend) : this(new Root(source, backend, new WeightSet(), [], []), "") { }

    private CheckpointScope(Root root, string path)
    {
        _root = root;
        Path = path;
    }

    /// <summary>The key so far, without a final dot; empty at the root.</summary>
    public string Path { get; }

    /// <summary>What owns the weights made through this scope and its children.</summary>
    public WeightSet Weights => _root.Weights;

    /// <summary>
    /// The checkpoint's keys, in order, that no network asked for and none said to ignore. Once a network is
    /// complete, they are what its file holds in vain.
    /// </summary>
    public IReadOnlyList<string> UnusedKeys =>
    [
        .. _root.Source.Names
            .Where(name => !_root.UsedKeys.Contains(name) && !_root.IgnoredKeys.Exists(key => name == key || name.StartsWith(key + ".", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Builds a network from a checkpoint; the weights that were made are given back if that fails.</summary>
    /// <param name="source">The tensors.</param>
    /// <param name="backend">What prepares them.</param>
    /// <param name="construct">Calls the network's constructor.</param>
    /// <param name="unusedKeys"><see cref="UnusedKeys"/> after that.</param>
    public static T Load<T>(IWeightSource source, IBackend backend, Func<CheckpointScope, T> construct, out IReadOnlyList<string> unusedKeys)
    {
        CheckpointScope scope = new(source, backend);
        try
        {
            T network = construct(scope);
            unusedKeys = scope.UnusedKeys;
            return network;
        }
        catch
        {
            scope.Weights.Dispose();
            throw;
        }
    }

    /// <summary>One segment further in: "attn1", "to_out.0".</summary>
    public CheckpointScope Child(string segment) => new(_root, Join(segment));

    /// <summary>One list element further in.</summary>
    public CheckpointScope Child(int index) => Child(index.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether a tensor of this name lies directly or deeper here: "weight", "conv_shortcut.weight".</summary>
    public bool Has(string name) => _root.Source.Contains(Join(name));

    /// <summary>Says that a key, or all keys below it, are known and of no use, so that they do not count as unused.</summary>
    public void Ignore(string name) => _root.IgnoredKeys.Add(Join(name));

    /// <summary>A tensor of exactly these sizes, with finite values.</summary>
    /// <param name="name">The rest of the key.</param>
    /// <param name="dimensions">The sizes that the configuration implies.</param>
    /// <exception cref="Depth2ImgException">It is missing, has other sizes, is no floating-point tensor, or holds NaN or infinity.</exception>
    public WeightTensor Tensor(string name, params ReadOnlySpan<int> dimensions) => Checked(Find(name), dimensions);

    /// <summary>A tensor of any sizes, with finite values; for keys whose spelling of a shape varies.</summary>
    /// <exception cref="Depth2ImgException">It is missing, is no floating-point tensor, or holds NaN or infinity.</exception>
    public WeightTensor Find(string name)
    {
        string key = Join(name);
        if (!_root.Source.Contains(key))
            throw new Depth2ImgException($"{key}: missing in '{_root.Source.Description}'.");
        WeightTensor tensor = _root.Source[key];
        _root.UsedKeys.Add(key);
        if (!tensor.Type.IsFloat())
            throw new Depth2ImgException($"{key}: a floating-point tensor expected, {tensor.Type} found in '{_root.Source.Description}'.");
        if (!WeightValues.AreFinite(tensor))
            throw new Depth2ImgException($"{key}: holds NaN or infinite values in '{_root.Source.Description}'; the file is damaged or badly converted.");
        return tensor;
    }

    /// <summary>`weight` [out, in], or [out, in, 1, 1], and `bias` [out].</summary>
    /// <param name="inFeatures">What `in` must be.</param>
    /// <param name="outFeatures">What `out` must be.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="sensitive">See <see cref="IBackend.CreateLinear"/>.</param>
    public LinearWeight Linear(int inFeatures, int outFeatures, bool bias = true, bool sensitive = false)
    {
        WeightTensor weight = Find("weight");
        if (weight.Dimensions is [_, _, 1, 1]) weight = Checked(weight, outFeatures, inFeatures, 1, 1).Reshape(outFeatures, inFeatures);
        Checked(weight, outFeatures, inFeatures);
        return Weights.Own(_root.Backend.CreateLinear(weight, bias ? Tensor("bias", outFeatures) : null, sensitive));
    }

    /// <summary>A matrix [out, in] and a bias that were worked on before (scaled, merged).</summary>
    public LinearWeight Linear(WeightTensor weight, WeightTensor? bias) => Weights.Own(_root.Backend.CreateLinear(weight, bias));

    /// <summary>`weight` [out, in, k, k] and `bias` [out].</summary>
    public ConvWeight Conv2d(int inChannels, int outChannels, int kernel, bool bias = true) =>
        Conv2d(Tensor("weight", outChannels, inChannels, kernel, kernel), bias ? Tensor("bias", outChannels) : null);

    /// <summary>Filters that were worked on before (standardised, folded).</summary>
    public ConvWeight Conv2d(WeightTensor weight, WeightTensor? bias) => Weights.Own(_root.Backend.CreateConv2d(weight, bias));

    /// <summary>`weight` [channels, 1, k, k] and `bias` [channels].</summary>
    public ConvWeight DepthwiseConv2d(int channels, int kernel, bool bias = true) =>
        Weights.Own(_root.Backend.CreateDepthwiseConv2d(Tensor("weight", channels, 1, kernel, kernel), bias ? Tensor("bias", channels) : null));

    /// <summary>`weight` [in, out, k, k] and `bias` [out] of a transposed convolution with stride k.</summary>
    public ConvWeight ConvTranspose2d(int inChannels, int outChannels, int kernel) =>
        Weights.Own(_root.Backend.CreateConvTranspose2d(Tensor("weight", inChannels, outChannels, kernel, kernel), Tensor("bias", outChannels)));

    /// <summary>`weight` and `bias`, [channels] each.</summary>
    public NormWeight Norm(int channels) => new(Vector("weight", channels), Vector("bias", channels));

    /// <summary>A tensor of these sizes, flattened.</summary>
    public VectorWeight Vector(string name, params ReadOnlySpan<int> dimensions) => Vector(Tensor(name, dimensions));

    /// <summary>Values that were worked on before, flattened.</summary>
    public VectorWeight Vector(WeightTensor values) => Weights.Own(_root.Backend.CreateVector(values));

    /// <summary>`weight` [rows, width], a table to gather from.</summary>
    public EmbeddingWeight Embedding(int rows, int width) => Embedding(Tensor("weight", rows, width));

    /// <summary>A table [rows, width] under another name, or that was worked on before.</summary>
    public EmbeddingWeight Embedding(WeightTensor table) => Weights.Own(_root.Backend.CreateEmbedding(table));

    private WeightTensor Checked(WeightTensor tensor, params ReadOnlySpan<int> dimensions)
    {
        if (tensor.Dimensions.SequenceEqual(dimensions)) return tensor;
        throw new Depth2ImgException(
            $"{tensor.Name}: [{string.Join(',', dimensions.ToArray())}] expected, {tensor.DimensionsText} found in '{_root.Source.Description}'.");
    }

    private string Join(string segment) => Path.Length == 0 ? segment : $"{Path}.{segment}";

    private sealed record Root(IWeightSource Source, IBackend Backend, WeightSet Weights, HashSet<string> UsedKeys, List<string> IgnoredKeys);
}

/// <summary>Scale and shift of a normalisation, [C] each.</summary>
/// <param name="Weight">The scale.</param>
/// <param name="Bias">The shift.</param>
public readonly record struct NormWeight(VectorWeight Weight, VectorWeight Bias)
{
    /// <summary>A group normalisation with this scale and shift, and a SiLU, for ops that apply both to their input.</summary>
    /// <param name="groups">Divides the channels.</param>
    /// <param name="eps">Added to the variance.</param>
    public GroupNormalization WithSilu(int groups, float eps) => new(Weight, Bias, groups, eps, Activation.Silu);
}
