using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>Two residual blocks with self-attention between them (diffusers' UNetMidBlock2D).</summary>
internal sealed class VaeMidBlock
{
    public VaeMidBlock(CheckpointScope scope, int channels, AutoencoderKLConfig config)
    {
        CheckpointScope resnets = scope.Child("resnets");
        Resnets =
        [
            new VaeResnetBlock(resnets.Child(0), channels, channels, config.NormNumGroups),
            new VaeResnetBlock(resnets.Child(1), channels, channels, config.NormNumGroups),
        ];
        Attention = config.MidBlockAddAttention ? new VaeAttention(scope.Child("attentions.0"), channels, config.NormNumGroups) : null;
    }

    public VaeResnetBlock[] Resnets { get; }
    public VaeAttention? Attention { get; }

    /// <summary>[N,H,W,C] to [N,H,W,C].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        Tensor h = Resnets[0].Forward(ops, x);
        if (Attention is not null) h = h.Then(t => Attention.Forward(ops, t));
        return h.Then(t => Resnets[1].Forward(ops, t));
    }
}
