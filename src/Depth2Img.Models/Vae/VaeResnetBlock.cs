using Depth2Img.Compute;

namespace Depth2Img.Models.Vae;

/// <summary>A residual block without time embedding (diffusers' ResnetBlock2D with `temb_channels` null).</summary>
internal sealed class VaeResnetBlock
{
    /// <summary>The autoencoder's group normalisations all use this; those of the UNet use the configuration's.</summary>
    public const float NormEps = 1e-6f;

    private readonly int _groups;

    public VaeResnetBlock(CheckpointScope scope, int inChannels, int outChannels, int groups)
    {
        _groups = groups;
        Norm1 = scope.Child("norm1").Norm(inChannels);
        Conv1 = scope.Child("conv1").Conv2d(inChannels, outChannels, 3);
        Norm2 = scope.Child("norm2").Norm(outChannels);
        Conv2 = scope.Child("conv2").Conv2d(outChannels, outChannels, 3);
        ConvShortcut = inChannels == outChannels ? null : scope.Child("conv_shortcut").Conv2d(inChannels, outChannels, 1);
    }

    public NormWeight Norm1 { get; }
    public ConvWeight Conv1 { get; }
    public NormWeight Norm2 { get; }
    public ConvWeight Conv2 { get; }
    public ConvWeight? ConvShortcut { get; }

    /// <summary>[N,H,W,in] to [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        using Tensor h = ops.NormConv2d(x, Norm1.WithSilu(_groups, NormEps), Conv1, Window.Of(1, 1));         // [N,H,W,out]
        using Tensor? shortcut = ConvShortcut is null ? null : ops.Conv2d(x, ConvShortcut, Window.Of(1, 0)); // [N,H,W,out]
        return ops.NormConv2d(h, Norm2.WithSilu(_groups, NormEps), Conv2, Window.Of(1, 1), residual: shortcut ?? x); // [N,H,W,out]
    }
}
