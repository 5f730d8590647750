using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>Residual blocks at one resolution and, unless it is the last, a doubling of the picture (diffusers' UpDecoderBlock2D).</summary>
internal sealed class UpDecoderBlock2D
{
    private readonly VaeResnetBlock[] _resnets;
    private readonly ConvWeight? _upsamplersConv;

    public UpDecoderBlock2D(CheckpointScope scope, int inChannels, int outChannels, AutoencoderKLConfig config, bool upsample)
    {
        CheckpointScope resnets = scope.Child("resnets");
        _resnets = new VaeResnetBlock[config.LayersPerBlock + 1];
        for (int i = 0; i < _resnets.Length; i++)
            _resnets[i] = new VaeResnetBlock(resnets.Child(i), i == 0 ? inChannels : outChannels, outChannels, config.NormNumGroups);
        _upsamplersConv = upsample ? scope.Child("upsamplers.0.conv").Conv2d(outChannels, outChannels, 3) : null;
    }

    /// <summary>[N,H,W,in] to [N,2H,2W,out], or [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        Tensor h = _resnets[0].Forward(ops, x); // [N,H,W,out]
        foreach (VaeResnetBlock resnet in _resnets.AsSpan(1)) h = h.Then(t => resnet.Forward(ops, t));
        if (_upsamplersConv is null) return h;
        return h
            .Then(t => ops.ResizeNearest(t, 2 * t.Shape[1], 2 * t.Shape[2])) // [N,2H,2W,out]
            .Then(t => ops.Conv2d(t, _upsamplersConv, Window.Of(1, 1)));     // [N,2H,2W,out]
    }
}
