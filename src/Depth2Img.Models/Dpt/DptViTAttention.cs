using Depth2Img.Compute;

namespace Depth2Img.Models.Dpt;

/// <summary>Self-attention among all tokens (transformers' DPTViTAttention).</summary>
internal sealed class DptViTAttention
{
    private readonly int _heads;
    private readonly float _scale;

    public DptViTAttention(CheckpointScope scope, DptConfig config)
    {
        int channels = config.HiddenSize;
        _heads = config.NumAttentionHeads;
        _scale = 1 / MathF.Sqrt(channels / _heads);
        Query = scope.Child("attention.query").Linear(channels, channels, config.QkvBias);
        Key = scope.Child("attention.key").Linear(channels, channels, config.QkvBias);
        Value = scope.Child("attention.value").Linear(channels, channels, config.QkvBias);
        OutputDense = scope.Child("output.dense").Linear(channels, channels);
    }

    public LinearWeight Query { get; }
    public LinearWeight Key { get; }
    public LinearWeight Value { get; }
    public LinearWeight OutputDense { get; }

    /// <summary>Attention among the tokens of x, plus the residual: [N,L,C].</summary>
    public Tensor Forward(IOps ops, Tensor x, Tensor residual)
    {
        using Tensor q = ops.Linear(x, Query);                        // [N,L,C]
        using Tensor k = ops.Linear(x, Key);                          // [N,L,C]
        using Tensor v = ops.Linear(x, Value);                        // [N,L,C]
        using Tensor context = ops.Attention(q, k, v, _heads, _scale); // [N,L,C]
        return ops.Linear(context, OutputDense, residual: residual);  // [N,L,C]
    }
}
