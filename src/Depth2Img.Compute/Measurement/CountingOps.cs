using System.Diagnostics;

namespace Depth2Img.Compute.Measurement;

/// <summary>
/// Another session whose ops are counted and timed by kind: how a network's time, arithmetic and memory traffic are known without a
/// formula for each network. Tensors are the inner session's own.
/// </summary>
/// <param name="inner">What runs the ops; disposed with this.</param>
/// <param name="bytesPerWeight">How wide weights are in memory: 2 or 4.</param>
public sealed class CountingOps(IOps inner, int bytesPerWeight = sizeof(float)) : IOps
{
    private readonly OpTally[] _tallies = [.. Enum.GetValues<OpKind>().Select(kind => new OpTally(kind, 0, 0, 0, 0, 0))];

    /// <summary>What was counted, a tally for each kind of op that ran.</summary>
    public IReadOnlyList<OpTally> Tallies => [.. _tallies.Where(tally => tally.Calls > 0)];

    /// <summary>All kinds together; its kind means nothing.</summary>
    public OpTally Total => _tallies.Aggregate((a, b) => a + b);

    /// <inheritdoc/>
    public Tensor Upload(ReadOnlySpan<float> values, Shape shape) => inner.Upload(values, shape);

    /// <inheritdoc/>
    public void Download(Tensor x, Span<float> destination) => inner.Download(x, destination);

    /// <inheritdoc/>
    public Tensor Reshape(Tensor x, Shape shape) => inner.Reshape(x, shape);

    /// <inheritdoc/>
    public Tensor Linear(Tensor x, LinearWeight weight, Activation activation = default, Tensor? residual = null) =>
        Multiplied(OpKind.Linear, () => inner.Linear(x, weight, activation, residual), OpCost.Linear(x.Shape, weight), null, Values(weight), [x, residual]);

    /// <inheritdoc/>
    public Tensor LinearGeglu(Tensor x, LinearWeight weight) =>
        Multiplied(OpKind.Linear, () => inner.LinearGeglu(x, weight), OpCost.Linear(x.Shape, weight), null, Values(weight), [x]);

    /// <inheritdoc/>
    public Tensor Conv2d(Tensor x, ConvWeight weight, Window window, Activation activation = default, Tensor? residual = null) =>
        Convolved(x, weight, window, () => inner.Conv2d(x, weight, window, activation, residual), [x, residual]);

    /// <inheritdoc/>
    public Tensor NormConv2d(Tensor x, in GroupNormalization norm, ConvWeight weight, Window window, Tensor? shift = null, Tensor? residual = null)
    {
        GroupNormalization applied = norm;
        return Convolved(x, weight, window, () => inner.NormConv2d(x, applied, weight, window, shift, residual), [x, shift, residual]);
    }

    private Tensor Convolved(Tensor x, ConvWeight weight, Window window, Func<Tensor> op, ReadOnlySpan<Tensor?> operands)
    {
        OpKind kind = weight is { KernelHeight: 3, KernelWidth: 3 } && window.Stride == 1 ? OpKind.Conv3x3 : OpKind.ConvOther;
        (double direct, double real) = inner is IConvolutionCost cost
            ? cost.MultiplyAdds(x.Shape, weight, window)
            : Textbook(OpCost.Convolution(OpShapes.Conv2d(x.Shape, weight, window, null), weight));
        return Multiplied(kind, op, direct, real, Values(weight), operands);
    }

    /// <inheritdoc/>
    public Tensor ConvTranspose2d(Tensor x, ConvWeight weight) =>
        Multiplied(OpKind.ConvOther, () => inner.ConvTranspose2d(x, weight), OpCost.TransposedConvolution(OpShapes.ConvTranspose2d(x.Shape, weight), weight), null, Values(weight), [x]);

    /// <inheritdoc/>
    public Tensor GroupNorm(Tensor x, VectorWeight weight, VectorWeight bias, int groups, float eps, Activation activation = default) =>
        Moved(OpKind.Norm, () => inner.GroupNorm(x, weight, bias, groups, eps, activation), [x]);

    /// <inheritdoc/>
    public GroupStatistics GroupStatistics(Tensor x, int groups, PixelRegion? region = null)
    {
        long start = Stopwatch.GetTimestamp();
        GroupStatistics statistics = inner.GroupStatistics(x, groups, region);
        double pixels = region is { } r ? (double)r.Height * r.Width : x.Shape.Rows;
        Record(new OpTally(OpKind.Norm, 1, Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 0, pixels * x.Shape.Channels * sizeof(float)));
        return statistics;
    }

    /// <inheritdoc/>
    public Tensor GroupNorm(Tensor x, GroupStatistics statistics, VectorWeight weight, VectorWeight bias, float eps, Activation activation = default) =>
        Moved(OpKind.Norm, () => inner.GroupNorm(x, statistics, weight, bias, eps, activation), [x]);

    /// <inheritdoc/>
    public Tensor LayerNorm(Tensor x, VectorWeight weight, VectorWeight bias, float eps) =>
        Moved(OpKind.Norm, () => inner.LayerNorm(x, weight, bias, eps), [x]);

    /// <inheritdoc/>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, int heads, float scale, bool causal = false) =>
        Multiplied(OpKind.Attention, () => inner.Attention(q, k, v, heads, scale, causal), OpCost.Attention(q.Shape, k.Shape), null, 0, [q, k, v]);

    /// <inheritdoc/>
    public void Activate(Tensor x, Activation activation) => InPlace(() => inner.Activate(x, activation), [x]);

    /// <inheritdoc/>
    public void Scale(Tensor x, float factor) => InPlace(() => inner.Scale(x, factor), [x]);

    /// <inheritdoc/>
    public Tensor Add(Tensor a, Tensor b) => Moved(OpKind.Elementwise, () => inner.Add(a, b), [a, b]);

    /// <inheritdoc/>
    public void AddInPlace(Tensor x, Tensor y) => InPlace(() => inner.AddInPlace(x, y), [x, y]);

    /// <inheritdoc/>
    public void AddChannelsInPlace(Tensor x, Tensor vector) => InPlace(() => inner.AddChannelsInPlace(x, vector), [x, vector]);

    /// <inheritdoc/>
    public void AddTableInPlace(Tensor x, VectorWeight table) => InPlace(() => inner.AddTableInPlace(x, table), [x]);

    /// <inheritdoc/>
    public Tensor ConcatChannels(Tensor a, Tensor b) => Moved(OpKind.Movement, () => inner.ConcatChannels(a, b), [a, b]);

    /// <inheritdoc/>
    public Tensor ConcatTokens(Tensor a, Tensor b) => Moved(OpKind.Movement, () => inner.ConcatTokens(a, b), [a, b]);

    /// <inheritdoc/>
    public Tensor SliceTokens(Tensor x, int start, int count) => Moved(OpKind.Movement, () => inner.SliceTokens(x, start, count), []);

    /// <inheritdoc/>
    public Tensor RepeatToken(Tensor x, int count) => Moved(OpKind.Movement, () => inner.RepeatToken(x, count), []);

    /// <inheritdoc/>
    public Tensor Embedding(EmbeddingWeight table, ReadOnlySpan<int> ids, int batch)
    {
        // A span cannot be captured, so this op is timed in place.
        long start = Stopwatch.GetTimestamp();
        Tensor result = inner.Embedding(table, ids, batch);
        Record(new OpTally(OpKind.Movement, 1, Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 0, 2 * Bytes(result)));
        return result;
    }

    /// <inheritdoc/>
    public Tensor ResizeNearest(Tensor x, int height, int width) => Moved(OpKind.Movement, () => inner.ResizeNearest(x, height, width), [x]);

    /// <inheritdoc/>
    public Tensor ResizeBilinear(Tensor x, int height, int width, bool alignCorners) =>
        Moved(OpKind.Movement, () => inner.ResizeBilinear(x, height, width, alignCorners), [x]);

    /// <inheritdoc/>
    public Tensor MaxPool2d(Tensor x, int kernel, Window window, bool zeroBorder = false) =>
        Moved(OpKind.Movement, () => inner.MaxPool2d(x, kernel, window, zeroBorder), [x]);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private Tensor Moved(OpKind kind, Func<Tensor> op, ReadOnlySpan<Tensor?> operands) => Multiplied(kind, op, 0, null, 0, operands);

    private Tensor Multiplied(OpKind kind, Func<Tensor> op, double direct, double? real, double weights, ReadOnlySpan<Tensor?> operands)
    {
        double read = weights * bytesPerWeight + Bytes(operands);
        long start = Stopwatch.GetTimestamp();
        Tensor result = op();
        Record(new OpTally(kind, 1, Stopwatch.GetElapsedTime(start).TotalSeconds, direct, real ?? direct, read + Bytes(result)));
        return result;
    }

    private void InPlace(Action op, ReadOnlySpan<Tensor?> operands)
    {
        long start = Stopwatch.GetTimestamp();
        op();
        Record(new OpTally(OpKind.Elementwise, 1, Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 0, Bytes(operands) + Bytes(operands[0]!)));
    }

    private void Record(OpTally tally) => _tallies[(int)tally.Kind] += tally;

    private static (double Direct, double Real) Textbook(double products) => (products, products);

    private static double Values(LinearWeight weight) => (double)weight.InFeatures * weight.OutFeatures;

    private static double Values(ConvWeight weight) => (double)weight.InChannels * weight.OutChannels * weight.KernelHeight * weight.KernelWidth;

    private static double Bytes(Tensor x) => (double)x.Shape.Count * sizeof(float);

    private static double Bytes(ReadOnlySpan<Tensor?> tensors)
    {
        double sum = 0;
        foreach (Tensor? tensor in tensors) sum += tensor is null ? 0 : Bytes(tensor);
        return sum;
    }
}
