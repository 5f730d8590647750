using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>Attention among pixels, attention to the prompt, a perceptron, each normalised before and added after.</summary>
internal sealed class BasicTransformerBlock : IUNetLayer
{
    /// <summary>The layer normalisations' own, whatever the configuration says about the group normalisations.</summary>
    private const float Eps = 1e-5f;

    private readonly bool _onlyCrossAttention;

    public BasicTransformerBlock(CheckpointScope scope, UNet2DConditionConfig config, int level)
    {
        int channels = config.BlockOutChannels[level];
        int heads = config.AttentionHeads[level];
        _onlyCrossAttention = config.OnlyCrossAttention[level];
        Norm1 = scope.Child("norm1").Norm(channels);
        Attn1 = new Attention(scope.Child("attn1"), channels, _onlyCrossAttention ? config.CrossAttentionDim : channels, heads);
        Norm2 = scope.Child("norm2").Norm(channels);
        Attn2 = new Attention(scope.Child("attn2"), channels, config.CrossAttentionDim, heads);
        Norm3 = scope.Child("norm3").Norm(channels);
        Ff = new FeedForward(scope.Child("ff"), channels);
    }

    public NormWeight Norm1 { get; }
    public Attention Attn1 { get; }
    public NormWeight Norm2 { get; }
    public Attention Attn2 { get; }
    public NormWeight Norm3 { get; }
    public FeedForward Ff { get; }

    /// <summary>The attentions that look at the prompt.</summary>
    public IEnumerable<Attention> CrossAttentions => _onlyCrossAttention ? [Attn1, Attn2] : [Attn2];

    /// <summary>[N,L,C] to [N,L,C].</summary>
    public Tensor Forward(UNetPass pass, Tensor x)
    {
        // 1. Pixels look at pixels.
        using Tensor seen = LookAtPixels(pass, x);                        // [N,L,C]

        // 2. Pixels look at the prompt.
        using Tensor told = LookAtPrompt(pass, seen);                     // [N,L,C]

        // 3. Each pixel by itself.
        using Tensor normed = Normed(pass.Ops, told, Norm3);              // [N,L,C]
        return Ff.Forward(pass.Ops, normed, told);                        // [N,L,C]
    }

    private Tensor LookAtPixels(UNetPass pass, Tensor x)
    {
        using Tensor normed = Normed(pass.Ops, x, Norm1);
        if (_onlyCrossAttention) return Attn1.Forward(pass.Ops, normed, pass.Context[Attn1], x);
        using KeysAndValues own = Attn1.Project(pass.Ops, normed);
        return Attn1.Forward(pass.Ops, normed, own, x);
    }

    private Tensor LookAtPrompt(UNetPass pass, Tensor x)
    {
        using Tensor normed = Normed(pass.Ops, x, Norm2);
        return Attn2.Forward(pass.Ops, normed, pass.Context[Attn2], x);
    }

    private static Tensor Normed(IOps ops, Tensor x, NormWeight norm) => ops.LayerNorm(x, norm.Weight, norm.Bias, Eps);
}
