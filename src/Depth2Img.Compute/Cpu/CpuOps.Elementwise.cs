using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public void Activate(Tensor x, Activation activation)
    {
        CpuTensor operand = OperandInPlace(x);
        UnaryKernel.Activate(Tier, Pool, operand.Data, x.Shape.Count, activation);
    }

    /// <inheritdoc/>
    public void Scale(Tensor x, float factor)
    {
        CpuTensor operand = OperandInPlace(x);
        UnaryKernel.Apply(Tier, Pool, operand.Data, operand.Data, x.Shape.Count, new ScaleOperator(factor));
    }

    /// <inheritdoc/>
    public Tensor Add(Tensor a, Tensor b)
    {
        CpuTensor left = Operand(a), right = Operand(b);
        CpuTensor result = Begin(OpShapes.Same(nameof(Add), a.Shape, b.Shape));
        AddKernel.Add(Tier, Pool, left.Data, right.Data, result.Data, result.Shape.Count);
        return result;
    }

    /// <inheritdoc/>
    public void AddInPlace(Tensor x, Tensor y)
    {
        CpuTensor operand = OperandInPlace(x), added = Operand(y);
        OpShapes.Same(nameof(AddInPlace), x.Shape, y.Shape);
        AddKernel.Add(Tier, Pool, operand.Data, added.Data, operand.Data, x.Shape.Count);
    }

    /// <inheritdoc/>
    public void AddChannelsInPlace(Tensor x, Tensor vector)
    {
        CpuTensor operand = OperandInPlace(x), added = Operand(vector);
        OpShapes.AddChannels(x.Shape, vector.Shape);
        AddKernel.AddChannels(Tier, Pool, operand.Data, added.Data, x.Shape[0], PixelsPerPicture(x.Shape), x.Shape.Channels);
    }

    /// <inheritdoc/>
    public void AddTableInPlace(Tensor x, VectorWeight table)
    {
        CpuTensor operand = OperandInPlace(x);
        CpuVectorWeight values = Operand<CpuVectorWeight>(table);
        OpShapes.AddTable(x.Shape, values.Count);
        AddKernel.AddTable(Tier, Pool, operand.Data, values.Data, x.Shape[0], values.Count);
    }

    /// <summary>The tensor as one of this session that is about to be changed, unless the caller has cancelled.</summary>
    private CpuTensor OperandInPlace(Tensor x)
    {
        _cancellation.ThrowIfCancellationRequested();
        CpuTensor operand = Operand(x);
        operand.Memory.Forget();
        return operand;
    }

    /// <summary>Pixels or tokens between the first dimension and the channels.</summary>
    private static long PixelsPerPicture(Shape shape) => shape[0] == 0 ? 0 : shape.Rows / shape[0];
}
