using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>A residual block without time embedding (diffusers' ResnetBlock2D with `temb_channels` null).</summary>
internal sealed class VaeResnetBlock
{
    /// <summary>The autoencoder's group normalisations all use this; those of the UNet use the configuration's.</summary>
    public const float NormEps = 1e-6f;

    private readonly NormWeight _norm1;
    private readonly ConvWeight _conv1;
    private readonly NormWeight _norm2;
    private readonly ConvWeight _conv2;
    private readonly ConvWeight? _convShortcut;
    private readonly int _groups;

    public VaeResnetBlock(CheckpointScope scope, int inChannels, int outChannels, int groups)
    {
        _groups = groups;
        _norm1 = scope.Child("norm1").Norm(inChannels);
        _conv1 = scope.Child("conv1").Conv2d(inChannels, outChannels, 3);
        _norm2 = scope.Child("norm2").Norm(outChannels);
        _conv2 = scope.Child("conv2").Conv2d(outChannels, outChannels, 3);
        _convShortcut = inChannels == outChannels ? null : scope.Child("conv_shortcut").Conv2d(inChannels, outChannels, 1);
    }

    /// <summary>[N,H,W,in] to [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        using Tensor h = ops.GroupNorm(x, _norm1.Weight, _norm1.Bias, _groups, NormEps, Activation.Silu)                // [N,H,W,in]
            .Then(t => ops.Conv2d(t, _conv1, Window.Of(1, 1)))                                                          // [N,H,W,out]
            .Then(t => ops.GroupNorm(t, _norm2.Weight, _norm2.Bias, _groups, NormEps, Activation.Silu));                // [N,H,W,out]
        using Tensor? shortcut = _convShortcut is null ? null : ops.Conv2d(x, _convShortcut, Window.Of(1, 0)); // [N,H,W,out]
        return ops.Conv2d(h, _conv2, Window.Of(1, 1), residual: shortcut ?? x);                                 // [N,H,W,out]
    }
}
