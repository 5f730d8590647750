using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.DepthAnything;

/// <summary>
/// Self-attention among all tokens (transformers' Dinov2Attention). Published files and the library's own memory name
/// its four matrices differently; both are read.
/// </summary>
internal sealed class Dinov2Attention
{
    private readonly int _heads;
    private readonly float _scale;

    /// <param name="scope">`attention` of a layer.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="layerScale">What the branch's channels are multiplied by: `layer_scale1.lambda1`.</param>
    public Dinov2Attention(CheckpointScope scope, Dinov2Config config, WeightTensor layerScale)
    {
        int channels = config.HiddenSize;
        _heads = config.NumAttentionHeads;
        _scale = 1 / MathF.Sqrt(channels / _heads);
        bool published = scope.Has("attention.query.weight");
        Query = scope.Child(published ? "attention.query" : "q_proj").Linear(channels, channels, config.QkvBias);
        Key = scope.Child(published ? "attention.key" : "k_proj").Linear(channels, channels, config.QkvBias);
        Value = scope.Child(published ? "attention.value" : "v_proj").Linear(channels, channels, config.QkvBias);
        Output = LayerScale.Linear(scope.Child(published ? "output.dense" : "o_proj"), channels, channels, layerScale);
    }

    public LinearWeight Query { get; }
    public LinearWeight Key { get; }
    public LinearWeight Value { get; }

    /// <summary>The layer scale's factors are in it.</summary>
    public LinearWeight Output { get; }

    /// <summary>Attention among the tokens of x, plus the residual: [N,L,C].</summary>
    public Tensor Forward(IOps ops, Tensor x, Tensor residual)
    {
        using Tensor q = ops.Linear(x, Query);                         // [N,L,C]
        using Tensor k = ops.Linear(x, Key);                           // [N,L,C]
        using Tensor v = ops.Linear(x, Value);                         // [N,L,C]
        using Tensor context = ops.Attention(q, k, v, _heads, _scale); // [N,L,C]
        return ops.Linear(context, Output, residual: residual);        // [N,L,C]
    }
}
