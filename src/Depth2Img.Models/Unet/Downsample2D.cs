using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>Halves a picture by a convolution of stride 2; odd sides are rounded up.</summary>
internal sealed class Downsample2D(CheckpointScope scope, int channels, int padding)
{
    // Without padding of its own, diffusers adds one row below and one column on the right.
    private readonly Window _window = padding == 0 ? new Window(2, 0, 0, 1, 1) : Window.Of(2, padding);

    public ConvWeight Conv { get; } = scope.Child("conv").Conv2d(channels, channels, 3);

    /// <summary>[N,h,w,C] to [N,⌈h/2⌉,⌈w/2⌉,C].</summary>
    public Tensor Forward(IOps ops, Tensor x) => ops.Conv2d(x, Conv, _window);
}
