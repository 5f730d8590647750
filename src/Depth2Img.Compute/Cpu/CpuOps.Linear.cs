using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public Tensor Linear(Tensor x, LinearWeight weight, Activation activation = default, Tensor? residual = null)
    {
        CpuTensor input = Operand(x);
        CpuTensor? added = residual is null ? null : Operand(residual);
        CpuLinearWeight w = Operand<CpuLinearWeight>(weight);
        CpuTensor result = Begin(OpShapes.Linear(x.Shape, w.InFeatures, w.OutFeatures, residual?.Shape));
        DenseRows rows = new(input.Data, checked((int)input.Shape.Rows), w.InFeatures);
        DenseOutput output = new(result.Data, w.OutFeatures, w.Bias.Data, activation, added is null ? null : added.Data, Tier);
        return Multiply(result, rows, w.Matrix, output, w);
    }

    /// <inheritdoc/>
    public Tensor LinearGeglu(Tensor x, LinearWeight weight)
    {
        CpuTensor input = Operand(x);
        CpuLinearWeight w = Operand<CpuLinearWeight>(weight);
        CpuTensor result = Begin(OpShapes.LinearGeglu(x.Shape, w.InFeatures, w.OutFeatures));
        DenseRows rows = new(input.Data, checked((int)input.Shape.Rows), w.InFeatures);
        GegluOutput output = new(result.Data, w.OutFeatures / 2, w.Bias.Data, Tier);
        return Multiply(result, rows, w.Matrix, output, w);
    }
}
