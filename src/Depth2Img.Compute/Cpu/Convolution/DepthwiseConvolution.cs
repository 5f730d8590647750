using Depth2Img.Compute.Cpu.Depthwise;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu.Convolution;

/// <summary>Convolutions with one filter a channel, which are no matrix product.</summary>
internal sealed unsafe class DepthwiseConvolution(CpuTier tier, WorkerPool pool) : ConvolutionKernel
{
    /// <inheritdoc/>
    public override bool Suits(in ConvolutionCall call) => call.Weight is CpuDepthwiseWeight;

    /// <inheritdoc/>
    public override void Run(in ConvolutionCall call, CancellationToken cancellationToken)
    {
        CpuDepthwiseWeight weight = (CpuDepthwiseWeight)call.Weight;
        DepthwiseCall depthwise = new()
        {
            Input = call.Input,
            Output = call.Output,
            Residual = call.Residual,
            Filters = weight.Filters,
            Bias = weight.Bias,
            InputShape = call.InputShape,
            OutputShape = call.OutputShape,
            KernelHeight = weight.KernelHeight,
            KernelWidth = weight.KernelWidth,
            Window = call.Window,
        };
        DepthwiseKernel.Run(tier, pool, depthwise, call.Activation);
    }
}
