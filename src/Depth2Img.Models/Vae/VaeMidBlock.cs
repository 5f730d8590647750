using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>Two residual blocks with self-attention between them (diffusers' UNetMidBlock2D).</summary>
internal sealed class VaeMidBlock
{
    private readonly VaeResnetBlock[] _resnets;
    private readonly VaeAttention? _attention;

    public VaeMidBlock(CheckpointScope scope, int channels, AutoencoderKLConfig config)
    {
        CheckpointScope resnets = scope.Child("resnets");
        _resnets =
        [
            new VaeResnetBlock(resnets.Child(0), channels, channels, config.NormNumGroups),
            new VaeResnetBlock(resnets.Child(1), channels, channels, config.NormNumGroups),
        ];
        _attention = config.MidBlockAddAttention ? new VaeAttention(scope.Child("attentions.0"), channels, config.NormNumGroups) : null;
    }

    /// <summary>[N,H,W,C] to [N,H,W,C].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        Tensor h = _resnets[0].Forward(ops, x);
        if (_attention is not null) h = h.Then(t => _attention.Forward(ops, t));
        return h.Then(t => _resnets[1].Forward(ops, t));
    }
}
