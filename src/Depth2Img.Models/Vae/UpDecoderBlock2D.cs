using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>Residual blocks at one resolution and, unless it is the last, a doubling of the picture (diffusers' UpDecoderBlock2D).</summary>
internal sealed class UpDecoderBlock2D
{
    public UpDecoderBlock2D(CheckpointScope scope, int inChannels, int outChannels, AutoencoderKLConfig config, bool upsample)
    {
        CheckpointScope resnets = scope.Child("resnets");
        Resnets = new VaeResnetBlock[config.LayersPerBlock + 1];
        for (int i = 0; i < Resnets.Length; i++)
            Resnets[i] = new VaeResnetBlock(resnets.Child(i), i == 0 ? inChannels : outChannels, outChannels, config.NormNumGroups);
        UpsamplersConv = upsample ? scope.Child("upsamplers.0.conv").Conv2d(outChannels, outChannels, 3) : null;
    }

    public VaeResnetBlock[] Resnets { get; }
    public ConvWeight? UpsamplersConv { get; }

    /// <summary>[N,H,W,in] to [N,2H,2W,out], or [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        Tensor h = Resnets[0].Forward(ops, x); // [N,H,W,out]
        foreach (VaeResnetBlock resnet in Resnets.AsSpan(1)) h = h.Then(t => resnet.Forward(ops, t));
        if (UpsamplersConv is null) return h;
        return h
            .Then(t => ops.ResizeNearest(t, 2 * t.Shape[1], 2 * t.Shape[2])) // [N,2H,2W,out]
            .Then(t => ops.Conv2d(t, UpsamplersConv, Window.Of(1, 1)));     // [N,2H,2W,out]
    }
}
