using Depth2Img.Compute;

namespace Depth2Img.Models.Clip;

/// <summary>One transformer layer of a text encoder, normalising before each of its two branches.</summary>
internal sealed class ClipEncoderLayer(CheckpointScope scope, ClipTextConfig config)
{
    public NormWeight LayerNorm1 { get; } = scope.Child("layer_norm1").Norm(config.HiddenSize);
    public ClipAttention SelfAttn { get; } = new(scope.Child("self_attn"), config);
    public NormWeight LayerNorm2 { get; } = scope.Child("layer_norm2").Norm(config.HiddenSize);
    public ClipMlp Mlp { get; } = new(scope.Child("mlp"), config);

    public Tensor Forward(IOps ops, Tensor x)
    {
        // 1. Attention among tokens.
        using Tensor normed1 = ops.LayerNorm(x, LayerNorm1.Weight, LayerNorm1.Bias, config.LayerNormEps); // [N,L,C]
        using Tensor attended = SelfAttn.Forward(ops, normed1, residual: x);                              // [N,L,C]

        // 2. Each token by itself.
        using Tensor normed2 = ops.LayerNorm(attended, LayerNorm2.Weight, LayerNorm2.Bias, config.LayerNormEps); // [N,L,C]
        return Mlp.Forward(ops, normed2, residual: attended);                                             // [N,L,C]
    }
}
