using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>
/// Monocular depth by a vision transformer (Ranftl et al., "Vision Transformers for Dense Prediction", 2021), as
/// transformers' DPTForDepthEstimation: plain (DPT-large), or hybrid with a BiT backbone (DPT-hybrid, the depth
/// network of Stable Diffusion 2). Immutable once made; several sessions may run it at a time.
/// </summary>
public sealed class DptForDepthEstimation : IDepthNetwork
{
    private readonly WeightSet _weights;

    /// <summary>Reads the weights.</summary>
    /// <param name="scope">The checkpoint's root.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="Depth2ImgException">A tensor is missing, misshapen or damaged.</exception>
    public DptForDepthEstimation(CheckpointScope scope, DptConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        _weights = scope.Weights;
        CheckpointScope dpt = scope.Child("dpt");
        // The neck takes tokens before the final normalisation.
        dpt.Ignore("layernorm");
        dpt.Ignore("pooler");
        CheckpointScope embeddings = dpt.Child("embeddings");
        Embeddings = config.Backbone is null
            ? new DptViTEmbeddings(embeddings, config)
            : new DptViTHybridEmbeddings(embeddings, config, config.Backbone);
        CheckpointScope layers = dpt.Child("encoder.layer");
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new DptViTLayer(layers.Child(i), config))];
        Neck = new DptNeck(scope.Child("neck"), config.Neck);
        Head = new DptDepthEstimationHead(scope.Child("head"), config);
    }

    /// <summary>The configuration.</summary>
    public DptConfig Config { get; }

    /// <inheritdoc/>
    public bool IsMetric => false;

    internal IDptEmbeddings Embeddings { get; }
    internal IReadOnlyList<DptViTLayer> Layers { get; }
    internal DptNeck Neck { get; }
    internal DptDepthEstimationHead Head { get; }

    /// <summary>Estimates inverse depth.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="pixels">[N,S,S,3], normalised as the checkpoint's preprocessor says; S a multiple of the patch size, best the configuration's image size.</param>
    /// <returns>
    /// [N,S,S,1]: inverse depth of no particular scale, 0 or more, larger where the scene is nearer. If S has an odd
    /// number of patches, the result has one more, stretched over the same picture. The caller disposes it.
    /// </returns>
    /// <exception cref="Depth2ImgException">The picture is not square, or its side is no multiple of the patch size.</exception>
    public Tensor Forward(IOps ops, Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(pixels);
        int grid = GridOf(pixels.Shape);
        using TensorList features = [];

        // 1. Tokens; a hybrid's first features come from its backbone
        Tensor h = Embeddings.Forward(ops, pixels, features); // [N,1+grid²,C]

        // 2. Transformer; a view of a wanted layer's tokens keeps their memory
        for (int i = 0; i <= Config.OutIndices[^1]; i++)
        {
            DptViTLayer layer = Layers[i];
            h = h.Then(x => layer.Forward(ops, x)); // [N,1+grid²,C]
            if (Config.OutIndices.Contains(i)) features.Add(ops.Reshape(h, h.Shape));
        }
        h.Dispose();

        // 3. Neck and head
        return Neck.Forward(ops, features, grid, grid) // [N,S/2,S/2,C]
            .Then(x => Head.Forward(ops, x));          // [N,S,S,1]
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();

    /// <summary>Patches a side.</summary>
    private int GridOf(Shape shape)
    {
        if (shape.Rank != 4 || shape[3] != Config.NumChannels || shape[0] == 0)
            throw new ArgumentException($"A picture [N,H,W,{Config.NumChannels}] is needed, not {shape}.", nameof(shape));
        int side = shape[1];
        if (shape[2] != side || side == 0 || side % Config.PatchSize != 0)
        {
            throw new Depth2ImgException(
                $"The DPT depth network works on square pictures with sides that are multiples of {Config.PatchSize}; {shape[2]}x{side} was given.");
        }
        return side / Config.PatchSize;
    }
}
