using Depth2Img.Compute.Cpu.Attention;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, int heads, float scale, bool causal = false)
    {
        CpuTensor queries = Operand(q), keys = Operand(k), values = Operand(v);
        CpuTensor result = Begin(OpShapes.Attention(q.Shape, k.Shape, v.Shape, heads, causal));
        AttentionCall call = new(queries.Data, keys.Data, values.Data, result.Data)
        {
            Batch = q.Shape[0],
            Queries = q.Shape[1],
            Keys = k.Shape[1],
            Heads = heads,
            HeadSize = q.Shape[2] / heads,
            Scale = scale,
            Causal = causal,
        };
        try
        {
            _attention.Run(call, _workspace, _cancellation);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
