using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>Brings a grid of tokens to a stage's channels and size (transformers' DPTReassembleLayer).</summary>
internal sealed class DptReassembleLayer
{
    private readonly double _factor;

    public DptReassembleLayer(CheckpointScope scope, int hiddenSize, int channels, double factor)
    {
        _factor = factor;
        Projection = scope.Child("projection").Conv2d(hiddenSize, channels, 1);
        if (factor == 1) return;
        CheckpointScope resize = scope.Child("resize");
        Resize = factor > 1 ? resize.ConvTranspose2d(channels, channels, (int)factor) : resize.Conv2d(channels, channels, 3);
    }

    public ConvWeight Projection { get; }
    public ConvWeight? Resize { get; }

    /// <summary>[N,h,w,hidden] to [N,factor h,factor w,C].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        Tensor h = ops.Conv2d(x, Projection, Window.Of(1, 0)); // [N,h,w,C]
        if (Resize is null) return h;
        return _factor > 1
            ? h.Then(t => ops.ConvTranspose2d(t, Resize))
            : h.Then(t => ops.Conv2d(t, Resize, Window.Of((int)(1 / _factor), 1)));
    }
}
