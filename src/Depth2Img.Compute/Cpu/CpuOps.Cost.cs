using Depth2Img.Compute.Cpu.Convolution;
using Depth2Img.Compute.Cpu.Convolution.Winograd;
using Depth2Img.Compute.Cpu.Weights;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps : IConvolutionCost
{
    /// <inheritdoc/>
    (double Direct, double Real) IConvolutionCost.MultiplyAdds(Shape input, ConvWeight weight, Window window)
    {
        Shape output = OpShapes.Conv2d(input, weight, window, null);
        double direct = OpCost.Convolution(output, weight, depthwise: weight is CpuDepthwiseWeight);
        ConvolutionCall call = new(null, null, null)
        {
            InputShape = input,
            OutputShape = output,
            Weight = weight,
            Window = window,
            Activation = default,
        };
        if (KernelFor(call) is not WinogradConvolution) return (direct, direct);
        double tileRows = (output[1] + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;
        double tileColumns = (output[2] + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;
        return (direct, output[0] * tileRows * tileColumns * WinogradTransform.Planes * weight.InChannels * weight.OutChannels);
    }
}
