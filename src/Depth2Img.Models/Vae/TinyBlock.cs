using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>Three convolutions with ReLU, added to the input, and a ReLU (diffusers' AutoencoderTinyBlock).</summary>
internal sealed class TinyBlock(CheckpointScope scope, int channels)
{
    public ConvWeight Conv0 { get; } = scope.Child("conv.0").Conv2d(channels, channels, 3);
    public ConvWeight Conv2 { get; } = scope.Child("conv.2").Conv2d(channels, channels, 3);
    public ConvWeight Conv4 { get; } = scope.Child("conv.4").Conv2d(channels, channels, 3);

    /// <summary>[N,H,W,C] to [N,H,W,C].</summary>
    public Tensor Forward(IOps ops, Tensor x) =>
        ops.Conv2d(x, Conv0, Window.Of(1, 1), Activation.Relu)
            .Then(h => ops.Conv2d(h, Conv2, Window.Of(1, 1), Activation.Relu))
            .Then(h => ops.Conv2d(h, Conv4, Window.Of(1, 1), residual: x))
            .ThenInPlace(h => ops.Activate(h, Activation.Relu));
}
