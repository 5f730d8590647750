using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>Three convolutions with ReLU, added to the input, and a ReLU (diffusers' AutoencoderTinyBlock).</summary>
internal sealed class TinyBlock(CheckpointScope scope, int channels)
{
    private readonly ConvWeight _conv0 = scope.Child("conv.0").Conv2d(channels, channels, 3);
    private readonly ConvWeight _conv2 = scope.Child("conv.2").Conv2d(channels, channels, 3);
    private readonly ConvWeight _conv4 = scope.Child("conv.4").Conv2d(channels, channels, 3);

    /// <summary>[N,H,W,C] to [N,H,W,C].</summary>
    public Tensor Forward(IOps ops, Tensor x) =>
        ops.Conv2d(x, _conv0, Window.Of(1, 1), Activation.Relu)
            .Then(h => ops.Conv2d(h, _conv2, Window.Of(1, 1), Activation.Relu))
            .Then(h => ops.Conv2d(h, _conv4, Window.Of(1, 1), residual: x))
            .ThenActivate(ops, Activation.Relu);
}
