using Depth2Img.Compute;

namespace Depth2Img.TestSupport;

/// <summary>
/// Another session whose tensors are counted: how many are alive tells whether a network gives back what it takes.
/// It can also throw at a chosen op, as a cancelled session does.
/// </summary>
internal sealed class TrackedOps(IOps inner) : IOps
{
    /// <summary>Tensors that were made and not yet disposed, views included.</summary>
    public int Alive { get; private set; }

    /// <summary>Ops that ran.</summary>
    public int Count { get; private set; }

    /// <summary>The shapes of the tensors that were uploaded, in order.</summary>
    public List<Shape> Uploads { get; } = [];

    /// <summary>The op, counted from 0, that throws <see cref="OperationCanceledException"/> instead of running.</summary>
    public int? CancelAt { get; set; }

    public Tensor Upload(ReadOnlySpan<float> values, Shape shape)
    {
        Step();
        Uploads.Add(shape);
        return Track(inner.Upload(values, shape));
    }

    public void Download(Tensor x, Span<float> destination)
    {
        Step();
        inner.Download(Inner(x), destination);
    }

    public Tensor Embedding(EmbeddingWeight table, ReadOnlySpan<int> ids, int batch)
    {
        Step();
        return Track(inner.Embedding(table, ids, batch));
    }

    // Views need no arithmetic: back ends do not look at the cancellation there.
    public Tensor Reshape(Tensor x, Shape shape) => Track(inner.Reshape(Inner(x), shape));

    public Tensor Linear(Tensor x, LinearWeight weight, Activation activation = default, Tensor? residual = null) =>
        Run(() => inner.Linear(Inner(x), weight, activation, Optional(residual)));

    public Tensor LinearGeglu(Tensor x, LinearWeight weight) => Run(() => inner.LinearGeglu(Inner(x), weight));

    public Tensor Conv2d(Tensor x, ConvWeight weight, Window window, Activation activation = default, Tensor? residual = null) =>
        Run(() => inner.Conv2d(Inner(x), weight, window, activation, Optional(residual)));

    public Tensor NormConv2d(Tensor x, in GroupNormalization norm, ConvWeight weight, Window window, Tensor? shift = null, Tensor? residual = null)
    {
        Step();
        return Track(inner.NormConv2d(Inner(x), norm, weight, window, Optional(shift), Optional(residual)));
    }

    public Tensor ConvTranspose2d(Tensor x, ConvWeight weight) => Run(() => inner.ConvTranspose2d(Inner(x), weight));

    public Tensor GroupNorm(Tensor x, VectorWeight weight, VectorWeight bias, int groups, float eps, Activation activation = default) =>
        Run(() => inner.GroupNorm(Inner(x), weight, bias, groups, eps, activation));

    public GroupStatistics GroupStatistics(Tensor x, int groups, PixelRegion? region = null)
    {
        Step();
        return inner.GroupStatistics(Inner(x), groups, region);
    }

    public Tensor GroupNorm(Tensor x, GroupStatistics statistics, VectorWeight weight, VectorWeight bias, float eps, Activation activation = default) =>
        Run(() => inner.GroupNorm(Inner(x), statistics, weight, bias, eps, activation));

    public Tensor LayerNorm(Tensor x, VectorWeight weight, VectorWeight bias, float eps) => Run(() => inner.LayerNorm(Inner(x), weight, bias, eps));

    public Tensor Attention(Tensor q, Tensor k, Tensor v, int heads, float scale, bool causal = false) =>
        Run(() => inner.Attention(Inner(q), Inner(k), Inner(v), heads, scale, causal));

    public void Activate(Tensor x, Activation activation)
    {
        Step();
        inner.Activate(Inner(x), activation);
    }

    public void Scale(Tensor x, float factor)
    {
        Step();
        inner.Scale(Inner(x), factor);
    }

    public Tensor Add(Tensor a, Tensor b) => Run(() => inner.Add(Inner(a), Inner(b)));

    public void AddInPlace(Tensor x, Tensor y)
    {
        Step();
        inner.AddInPlace(Inner(x), Inner(y));
    }

    public void AddChannelsInPlace(Tensor x, Tensor vector)
    {
        Step();
        inner.AddChannelsInPlace(Inner(x), Inner(vector));
    }

    public void AddTableInPlace(Tensor x, VectorWeight table)
    {
        Step();
        inner.AddTableInPlace(Inner(x), table);
    }

    public Tensor ConcatChannels(Tensor a, Tensor b) => Run(() => inner.ConcatChannels(Inner(a), Inner(b)));

    public Tensor ConcatTokens(Tensor a, Tensor b) => Run(() => inner.ConcatTokens(Inner(a), Inner(b)));

    public Tensor SliceTokens(Tensor x, int start, int count) => Run(() => inner.SliceTokens(Inner(x), start, count));

    public Tensor RepeatToken(Tensor x, int count) => Run(() => inner.RepeatToken(Inner(x), count));

    public Tensor ResizeNearest(Tensor x, int height, int width) => Run(() => inner.ResizeNearest(Inner(x), height, width));

    public Tensor ResizeBilinear(Tensor x, int height, int width, bool alignCorners) => Run(() => inner.ResizeBilinear(Inner(x), height, width, alignCorners));

    public Tensor MaxPool2d(Tensor x, int kernel, Window window, bool zeroBorder = false) => Run(() => inner.MaxPool2d(Inner(x), kernel, window, zeroBorder));

    public void Dispose() => inner.Dispose();

    private static Tensor Inner(Tensor x) => ((Tracked)x).Inner;

    private static Tensor? Optional(Tensor? x) => x is null ? null : Inner(x);

    private Tracked Run(Func<Tensor> op)
    {
        Step();
        return Track(op());
    }

    private void Step()
    {
        if (Count++ == CancelAt) throw new OperationCanceledException();
    }

    private Tracked Track(Tensor tensor)
    {
        Alive++;
        return new Tracked(this, tensor);
    }

    private sealed class Tracked(TrackedOps owner, Tensor inner) : Tensor(inner.Shape)
    {
        private bool _disposed;

        public Tensor Inner => _disposed ? throw new ObjectDisposedException(nameof(Tracked), $"The tensor {Shape} was disposed.") : inner;

        protected override void Dispose(bool disposing)
        {
            if (_disposed) return;
            _disposed = true;
            owner.Alive--;
            inner.Dispose();
        }
    }
}
