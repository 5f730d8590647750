using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>Residual blocks at one resolution and, unless it is the last, a convolution that halves the picture (diffusers' DownEncoderBlock2D).</summary>
internal sealed class DownEncoderBlock2D
{
    // Rows and columns are added below and right only: the original pads by hand before a convolution without border.
    private static readonly Window Halving = new(2, Top: 0, Left: 0, Bottom: 1, Right: 1);

    public DownEncoderBlock2D(CheckpointScope scope, int inChannels, int outChannels, AutoencoderKLConfig config, bool downsample)
    {
        CheckpointScope resnets = scope.Child("resnets");
        Resnets = new VaeResnetBlock[config.LayersPerBlock];
        for (int i = 0; i < Resnets.Length; i++)
            Resnets[i] = new VaeResnetBlock(resnets.Child(i), i == 0 ? inChannels : outChannels, outChannels, config.NormNumGroups);
        DownsamplersConv = downsample ? scope.Child("downsamplers.0.conv").Conv2d(outChannels, outChannels, 3) : null;
    }

    public VaeResnetBlock[] Resnets { get; }
    public ConvWeight? DownsamplersConv { get; }

    /// <summary>[N,H,W,in] to [N,H/2,W/2,out], or [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        Tensor h = Resnets[0].Forward(ops, x); // [N,H,W,out]
        foreach (VaeResnetBlock resnet in Resnets.AsSpan(1)) h = h.Then(t => resnet.Forward(ops, t));
        return DownsamplersConv is null ? h : h.Then(t => ops.Conv2d(t, DownsamplersConv, Halving)); // [N,H/2,W/2,out]
    }
}
