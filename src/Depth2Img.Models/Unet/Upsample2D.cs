using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Unet;

/// <summary>Enlarges a picture by repeating pixels, then a convolution.</summary>
internal sealed class Upsample2D(CheckpointScope scope, int channels)
{
    public ConvWeight Conv { get; } = scope.Child("conv").Conv2d(channels, channels, 3);

    /// <summary>[N,h,w,C] to [N,height,width,C]: twice the sides, or one less where the down path met an odd one.</summary>
    public Tensor Forward(IOps ops, Tensor x, int height, int width) =>
        ops.ResizeNearest(x, height, width)                               // [N,height,width,C]
            .ThenConv2d(ops, Conv, Window.Of(1, 1));                      // [N,height,width,C]
}
