namespace Depth2Img.Compute.Reference;

internal sealed partial class ReferenceOps
{
    public Tensor Attention(Tensor q, Tensor k, Tensor v, int heads, float scale, bool causal = false)
    {
        Begin();
        float[] queries = ValuesOf(q), keys = ValuesOf(k), values = ValuesOf(v);
        ReferenceTensor result = NewTensor(OpShapes.Attention(q.Shape, k.Shape, v.Shape, heads, causal));
        float[] target = result.Values;
        int length = q.Shape[1], keyCount = k.Shape[1], channels = q.Shape[2];
        int width = channels / heads;
        ForRows(q.Shape[0] * length, row =>
        {
            int n = row / length;
            int seen = causal ? row % length + 1 : keyCount;
            double[] scores = new double[seen];
            double[] sums = new double[width];
            for (int h = 0; h < heads; h++)
            {
                ReadOnlySpan<float> query = queries.AsSpan(row * channels + h * width, width);
                for (int s = 0; s < seen; s++)
                {
                    ReadOnlySpan<float> key = keys.AsSpan((n * keyCount + s) * channels + h * width, width);
                    double dot = 0;
                    for (int c = 0; c < width; c++) dot += (double)query[c] * key[c];
                    scores[s] = scale * dot;
                }
                Softmax(scores);
                Array.Clear(sums);
                for (int s = 0; s < seen; s++)
                {
                    ReadOnlySpan<float> value = values.AsSpan((n * keyCount + s) * channels + h * width, width);
                    for (int c = 0; c < width; c++) sums[c] += scores[s] * value[c];
                }
                for (int c = 0; c < width; c++) target[row * channels + h * width + c] = (float)sums[c];
            }
        });
        return result;
    }

    private static void Softmax(double[] scores)
    {
        double largest = double.NegativeInfinity;
        foreach (double score in scores) largest = Math.Max(largest, score);
        double sum = 0;
        for (int i = 0; i < scores.Length; i++) sum += scores[i] = Math.Exp(scores[i] - largest);
        for (int i = 0; i < scores.Length; i++) scores[i] /= sum;
    }
}
