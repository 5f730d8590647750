using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>
/// Self-attention over all pixels, one head, added to its input (diffusers' Attention with a group normalisation).
/// Published checkpoints have the keys `to_q, to_k, to_v, to_out.0` or, of the older AttentionBlock,
/// `query, key, value, proj_attn`, the matrices with or without two final dimensions of 1.
/// </summary>
internal sealed class VaeAttention
{
    private readonly int _groups;
    private readonly float _scale;

    public VaeAttention(CheckpointScope scope, int channels, int groups)
    {
        _groups = groups;
        _scale = 1 / MathF.Sqrt(channels);
        GroupNorm = scope.Child("group_norm").Norm(channels);
        bool isOld = scope.Has("query.weight");
        ToQ = scope.Child(isOld ? "query" : "to_q").Linear(channels, channels);
        ToK = scope.Child(isOld ? "key" : "to_k").Linear(channels, channels);
        ToV = scope.Child(isOld ? "value" : "to_v").Linear(channels, channels);
        ToOut = scope.Child(isOld ? "proj_attn" : "to_out.0").Linear(channels, channels);
    }

    public NormWeight GroupNorm { get; }
    public LinearWeight ToQ { get; }
    public LinearWeight ToK { get; }
    public LinearWeight ToV { get; }
    public LinearWeight ToOut { get; }

    /// <summary>[N,H,W,C] to [N,H,W,C].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        using Tensor tokens = ops.AsTokens(x); // [N,H W,C]
        using Tensor context = Attend(ops, tokens);
        return ops.Linear(context, ToOut, residual: tokens).Then(t => ops.Reshape(t, x.Shape)); // [N,H,W,C]
    }

    private Tensor Attend(IOps ops, Tensor tokens)
    {
        using Tensor h = ops.GroupNorm(tokens, GroupNorm.Weight, GroupNorm.Bias, _groups, VaeResnetBlock.NormEps); // [N,H W,C]
        using Tensor q = ops.Linear(h, ToQ);
        using Tensor k = ops.Linear(h, ToK);
        using Tensor v = ops.Linear(h, ToV);
        return ops.Attention(q, k, v, heads: 1, _scale); // [N,H W,C]
    }
}
