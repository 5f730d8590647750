namespace Depth2Img.Compute.Reference;

internal sealed partial class ReferenceOps
{
    public Tensor ConcatChannels(Tensor a, Tensor b)
    {
        Begin();
        float[] left = ValuesOf(a), right = ValuesOf(b);
        ReferenceTensor result = NewTensor(OpShapes.ConcatChannels(a.Shape, b.Shape));
        Interleave(left, a.Shape.Channels, right, b.Shape.Channels, result.Values, Rows(a.Shape));
        return result;
    }

    public Tensor ConcatTokens(Tensor a, Tensor b)
    {
        Begin();
        float[] left = ValuesOf(a), right = ValuesOf(b);
        ReferenceTensor result = NewTensor(OpShapes.ConcatTokens(a.Shape, b.Shape));
        Interleave(left, a.Shape[1] * a.Shape[2], right, b.Shape[1] * b.Shape[2], result.Values, a.Shape[0]);
        return result;
    }

    public Tensor SliceTokens(Tensor x, int start, int count)
    {
        Begin();
        float[] source = ValuesOf(x);
        ReferenceTensor result = NewTensor(OpShapes.SliceTokens(x.Shape, start, count));
        int length = x.Shape[1], channels = x.Shape[2];
        for (int n = 0; n < x.Shape[0]; n++)
            Array.Copy(source, (n * length + start) * channels, result.Values, n * count * channels, count * channels);
        return result;
    }

    public Tensor RepeatToken(Tensor x, int count)
    {
        Begin();
        float[] source = ValuesOf(x);
        ReferenceTensor result = NewTensor(OpShapes.RepeatToken(x.Shape, count));
        int channels = x.Shape[2];
        for (int row = 0; row < x.Shape[0] * count; row++)
            Array.Copy(source, row / count * channels, result.Values, row * channels, channels);
        return result;
    }

    public Tensor Embedding(EmbeddingWeight table, ReadOnlySpan<int> ids, int batch)
    {
        Begin();
        ArgumentNullException.ThrowIfNull(table);
        ReferenceEmbeddingWeight own = table as ReferenceEmbeddingWeight ?? throw Foreign(table);
        ReferenceTensor result = NewTensor(OpShapes.Embedding(own.Rows, own.Width, ids, batch));
        for (int i = 0; i < ids.Length; i++)
            Array.Copy(own.Values, ids[i] * own.Width, result.Values, i * own.Width, own.Width);
        return result;
    }

    /// <summary>For every row, the left part and then the right one.</summary>
    private static void Interleave(float[] left, int leftWidth, float[] right, int rightWidth, float[] target, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            Array.Copy(left, row * leftWidth, target, row * (leftWidth + rightWidth), leftWidth);
            Array.Copy(right, row * rightWidth, target, row * (leftWidth + rightWidth) + leftWidth, rightWidth);
        }
    }
}
