using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public Tensor ConcatChannels(Tensor a, Tensor b)
    {
        CpuTensor left = Operand(a), right = Operand(b);
        CpuTensor result = Begin(OpShapes.ConcatChannels(a.Shape, b.Shape));
        CopyKernel.Concat(Pool, left.Data, a.Shape.Channels, right.Data, b.Shape.Channels, result.Data, result.Shape.Rows);
        return result;
    }

    /// <inheritdoc/>
    public Tensor ConcatTokens(Tensor a, Tensor b)
    {
        CpuTensor left = Operand(a), right = Operand(b);
        CpuTensor result = Begin(OpShapes.ConcatTokens(a.Shape, b.Shape));
        CopyKernel.Concat(Pool, left.Data, TokenFloats(a.Shape), right.Data, TokenFloats(b.Shape), result.Data, result.Shape[0]);
        return result;
    }

    /// <inheritdoc/>
    public Tensor SliceTokens(Tensor x, int start, int count)
    {
        CpuTensor input = Operand(x);
        CpuTensor result = Begin(OpShapes.SliceTokens(x.Shape, start, count));
        CopyKernel.Gather(Pool, input.Data + (long)start * x.Shape.Channels, TokenFloats(x.Shape), result.Data, TokenFloats(result.Shape), x.Shape[0]);
        return result;
    }

    /// <inheritdoc/>
    public Tensor RepeatToken(Tensor x, int count)
    {
        CpuTensor input = Operand(x);
        CpuTensor result = Begin(OpShapes.RepeatToken(x.Shape, count));
        CopyKernel.Repeat(Pool, input.Data, result.Data, x.Shape.Channels, x.Shape[0], count);
        return result;
    }

    /// <inheritdoc/>
    public Tensor Embedding(EmbeddingWeight table, ReadOnlySpan<int> ids, int batch)
    {
        CpuEmbeddingWeight rows = Operand<CpuEmbeddingWeight>(table);
        CpuTensor result = Begin(OpShapes.Embedding(rows.Rows, rows.Width, ids, batch));
        for (int i = 0; i < ids.Length; i++)
            rows.CopyRow(ids[i], new Span<float>(result.Data + (long)i * rows.Width, rows.Width));
        return result;
    }

    /// <summary>Floats of one picture's tokens.</summary>
    private static long TokenFloats(Shape shape) => (long)shape[1] * shape[2];
}
