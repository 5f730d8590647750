using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>Three convolutions, narrow in the middle, added to their input (transformers' BitBottleneckLayer). The first of a stage halves the picture in its middle convolution and brings the input to its size by a convolution of its own.</summary>
internal sealed class BitBottleneckLayer
{
    public BitBottleneckLayer(CheckpointScope scope, int inChannels, int outChannels, int stride, bool isFirst, BitConfig config)
    {
        int inner = BitConfig.BottleneckChannels(outChannels);
        if (isFirst)
        {
            CheckpointScope downsample = scope.Child("downsample");
            DownsampleConv = new WeightStandardizedConv2d(downsample.Child("conv"), inChannels, outChannels, 1, stride);
            DownsampleNorm = new BitNorm(downsample.Child("norm"), outChannels, config);
        }
        Conv1 = new WeightStandardizedConv2d(scope.Child("conv1"), inChannels, inner, 1);
        Norm1 = new BitNorm(scope.Child("norm1"), inner, config, Activation.Relu);
        Conv2 = new WeightStandardizedConv2d(scope.Child("conv2"), inner, inner, 3, stride);
        Norm2 = new BitNorm(scope.Child("norm2"), inner, config, Activation.Relu);
        Conv3 = new WeightStandardizedConv2d(scope.Child("conv3"), inner, outChannels, 1);
        Norm3 = new BitNorm(scope.Child("norm3"), outChannels, config);
    }

    public WeightStandardizedConv2d? DownsampleConv { get; }
    public BitNorm? DownsampleNorm { get; }
    public WeightStandardizedConv2d Conv1 { get; }
    public BitNorm Norm1 { get; }
    public WeightStandardizedConv2d Conv2 { get; }
    public BitNorm Norm2 { get; }
    public WeightStandardizedConv2d Conv3 { get; }
    public BitNorm Norm3 { get; }

    /// <summary>[N,H,W,in] to [N,⌈H/stride⌉,⌈W/stride⌉,out].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        // 1. Residual branch
        using Tensor h = Conv1.Forward(ops, x)      // [N,H,W,inner]
            .Then(t => Norm1.Forward(ops, t))
            .Then(t => Conv2.Forward(ops, t))       // [N,h,w,inner]
            .Then(t => Norm2.Forward(ops, t))
            .Then(t => Conv3.Forward(ops, t))       // [N,h,w,out]
            .Then(t => Norm3.Forward(ops, t));

        // 2. Shortcut
        using Tensor? shortcut = DownsampleConv?.Forward(ops, x).Then(t => DownsampleNorm!.Forward(ops, t)); // [N,h,w,out]
        return ops.Add(h, shortcut ?? x).ThenInPlace(sum => ops.Activate(sum, Activation.Relu));
    }
}
