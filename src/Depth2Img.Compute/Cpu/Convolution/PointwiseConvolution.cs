using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu.Convolution;

/// <summary>1x1 convolutions of step 1 without border: the pixels are the rows of a matrix product as they are.</summary>
internal sealed unsafe class PointwiseConvolution(GemmDriver gemm) : ConvolutionKernel
{
    /// <inheritdoc/>
    public override bool Suits(in ConvolutionCall call) =>
        call.Weight is CpuConvWeight { KernelHeight: 1, KernelWidth: 1 } && call.Window == Window.Of(1, 0);

    /// <inheritdoc/>
    public override void Run(in ConvolutionCall call, CancellationToken cancellationToken)
    {
        CpuConvWeight weight = (CpuConvWeight)call.Weight;
        DenseRows rows = new(call.Input, checked((int)call.InputShape.Rows), weight.InChannels);
        DenseOutput output = new(call.Output, weight.OutChannels, weight.Bias.Data, call.Activation, call.Residual, gemm.Tier);
        gemm.Run(rows, weight.Matrix, output, cancellationToken);
    }
}
