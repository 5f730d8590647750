using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>Two convolutions, a ReLU before each, added to their input (transformers' DPTPreActResidualLayer).</summary>
internal sealed class DptPreActResidualLayer(CheckpointScope scope, int channels, bool bias)
{
    public ConvWeight Convolution1 { get; } = scope.Child("convolution1").Conv2d(channels, channels, 3, bias);
    public ConvWeight Convolution2 { get; } = scope.Child("convolution2").Conv2d(channels, channels, 3, bias);

    /// <summary>[N,H,W,C] to [N,H,W,C].</summary>
    public Tensor Forward(IOps ops, Tensor x) =>
        ops.Copy(x)
            .ThenInPlace(h => ops.Activate(h, Activation.Relu))
            .Then(h => ops.Conv2d(h, Convolution1, Window.Of(1, 1), Activation.Relu))
            .Then(h => ops.Conv2d(h, Convolution2, Window.Of(1, 1), residual: x));
}
