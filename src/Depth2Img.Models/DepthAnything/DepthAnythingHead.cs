using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.DepthAnything;

/// <summary>Makes depth of the neck's picture, at the input's size (transformers' DepthAnythingDepthEstimationHead).</summary>
internal sealed class DepthAnythingHead
{
    private readonly float? _maxDepth;

    public DepthAnythingHead(CheckpointScope scope, DepthAnythingConfig config)
    {
        int channels = config.FusionHiddenSize;
        _maxDepth = config.MaxDepth;
        Conv1 = scope.Child("conv1").Conv2d(channels, channels / 2, 3);
        Conv2 = scope.Child("conv2").Conv2d(channels / 2, config.HeadHiddenSize, 3);
        Conv3 = scope.Child("conv3").Conv2d(config.HeadHiddenSize, 1, 1);
    }

    public ConvWeight Conv1 { get; }
    public ConvWeight Conv2 { get; }
    public ConvWeight Conv3 { get; }

    /// <summary>[N,h,w,C] to [N,height,width,1]: inverse depth, or metres.</summary>
    public Tensor Forward(IOps ops, Tensor x, int height, int width)
    {
        Tensor depth = ops.Conv2d(x, Conv1, Window.Of(1, 1))                                  // [N,h,w,C/2]
            .Then(h => ops.ResizeBilinear(h, height, width, alignCorners: true))              // [N,height,width,C/2]
            .Then(h => ops.Conv2d(h, Conv2, Window.Of(1, 1), Activation.Relu))                // [N,height,width,hidden]
            .Then(h => ops.Conv2d(h, Conv3, Window.Of(1, 0), _maxDepth is null ? Activation.Relu : Activation.Sigmoid)); // [N,height,width,1]
        return _maxDepth is { } metres ? depth.ThenInPlace(d => ops.Scale(d, metres)) : depth;
    }
}
