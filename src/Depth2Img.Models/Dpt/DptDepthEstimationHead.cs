using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>Makes inverse depth of the neck's picture, at twice its size (transformers' DPTDepthEstimationHead).</summary>
internal sealed class DptDepthEstimationHead
{
    /// <summary>Channels before the last convolution, whatever the configuration.</summary>
    private const int LastChannels = 32;

    public DptDepthEstimationHead(CheckpointScope scope, DptConfig config)
    {
        int channels = config.FusionHiddenSize;
        Projection = config.AddProjection ? scope.Child("projection").Conv2d(channels, channels, 3) : null;
        Head0 = scope.Child("head.0").Conv2d(channels, channels / 2, 3);
        Head2 = scope.Child("head.2").Conv2d(channels / 2, LastChannels, 3);
        Head4 = scope.Child("head.4").Conv2d(LastChannels, 1, 1);
    }

    public ConvWeight? Projection { get; }
    public ConvWeight Head0 { get; }
    public ConvWeight Head2 { get; }
    public ConvWeight Head4 { get; }

    /// <summary>[N,H,W,C] to [N,2H,2W,1].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        using Tensor? projected = Projection is null ? null : ops.Conv2d(x, Projection, Window.Of(1, 1), Activation.Relu); // [N,H,W,C]
        return ops.Conv2d(projected ?? x, Head0, Window.Of(1, 1))                                         // [N,H,W,C/2]
            .Then(h => ops.ResizeBilinear(h, 2 * h.Shape[1], 2 * h.Shape[2], alignCorners: true))         // [N,2H,2W,C/2]
            .Then(h => ops.Conv2d(h, Head2, Window.Of(1, 1), Activation.Relu))                            // [N,2H,2W,32]
            .Then(h => ops.Conv2d(h, Head4, Window.Of(1, 0), Activation.Relu));                           // [N,2H,2W,1]
    }
}
