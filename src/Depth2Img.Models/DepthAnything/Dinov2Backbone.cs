using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.DepthAnything;

/// <summary>The transformer of Depth Anything (Oquab et al., "DINOv2: Learning Robust Visual Features without Supervision", 2023), as transformers' Dinov2Backbone.</summary>
internal sealed class Dinov2Backbone
{
    private readonly Dinov2Config _config;

    public Dinov2Backbone(CheckpointScope scope, Dinov2Config config)
    {
        _config = config;
        Embeddings = new Dinov2Embeddings(scope.Child("embeddings"), config);
        CheckpointScope layers = scope.Child("encoder.layer");
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new Dinov2Layer(layers.Child(i), config))];
        Layernorm = scope.Child("layernorm").Norm(config.HiddenSize);
    }

    public Dinov2Embeddings Embeddings { get; }
    public IReadOnlyList<Dinov2Layer> Layers { get; }
    public NormWeight Layernorm { get; }

    /// <summary>Runs the layers.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="pixels">[N,H,W,in], whole patches.</param>
    /// <returns>The tokens after each wanted layer, [N,1+h w,C], the class token first.</returns>
    public TensorList Forward(IOps ops, Tensor pixels)
    {
        TensorList features = [];
        try
        {
            Tensor h = Embeddings.Forward(ops, pixels); // [N,1+h w,C]
            for (int i = 0; i < _config.OutLayers[^1]; i++)
            {
                Dinov2Layer layer = Layers[i];
                h = h.Then(x => layer.Forward(ops, x)); // [N,1+h w,C]
                if (_config.OutLayers.Contains(i + 1)) h = h.ThenInPlace(x => features.Add(Wanted(ops, x)));
            }
            h.Dispose();
            return features;
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    /// <summary>What the neck gets of a layer's tokens; without normalisation a view of them.</summary>
    private Tensor Wanted(IOps ops, Tensor x) => _config.ApplyLayernorm
        ? ops.LayerNorm(x, Layernorm.Weight, Layernorm.Bias, _config.LayerNormEps)
        : ops.Reshape(x, x.Shape);
}
