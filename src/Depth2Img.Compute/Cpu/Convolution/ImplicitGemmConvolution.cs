using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu.Convolution;

/// <summary>Full convolutions of any filter, step and border: a matrix product whose rows are the windows, gathered as they are packed.</summary>
internal sealed unsafe class ImplicitGemmConvolution(GemmDriver gemm) : ConvolutionKernel
{
    /// <inheritdoc/>
    public override bool Suits(in ConvolutionCall call) => call.Weight is CpuConvWeight;

    /// <inheritdoc/>
    public override void Run(in ConvolutionCall call, CancellationToken cancellationToken)
    {
        CpuConvWeight weight = (CpuConvWeight)call.Weight;
        WindowRows rows = new(call.Input, call.InputShape, weight.KernelHeight, weight.KernelWidth, call.Window, call.OutputShape[1], call.OutputShape[2]);
        DenseOutput output = new(call.Output, weight.OutChannels, weight.Bias.Data, call.Activation, call.Residual, gemm.Tier);
        gemm.Run(rows, weight.Matrix, output, cancellationToken);
    }
}
