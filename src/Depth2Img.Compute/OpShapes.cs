namespace Depth2Img.Compute;

/// <summary>
/// The shape rules of the op set, kept in one place so that every back end accepts and refuses the same tensors in the
/// same words. Each method checks an op's operands and gives the result's shape; what does not fit is an
/// <see cref="ArgumentException"/> that names the op and the shapes.
/// </summary>
internal static class OpShapes
{
    public static void Upload(int values, Shape shape)
    {
        if (values != shape.Count) throw new ArgumentException($"Upload: {values} values do not fill the shape {shape}, which takes {shape.Count}.");
    }

    public static void Download(Shape x, int destination)
    {
        if (destination != x.Count) throw new ArgumentException($"Download: a destination of {destination} values is not as long as the tensor {x}, which has {x.Count}.");
    }

    public static void Reshape(Shape x, Shape shape)
    {
        if (x.Count != shape.Count) throw new ArgumentException($"Reshape: {x} has {x.Count} values and {shape} has {shape.Count}.");
    }

    public static Shape Linear(Shape x, int inFeatures, int outFeatures, Shape? residual)
    {
        if (x.Rank == 0 || x.Channels != inFeatures)
            throw new ArgumentException($"Linear: x {x} must have {inFeatures} channels for the weight [{outFeatures},{inFeatures}].");
        Shape result = x.WithChannels(outFeatures);
        CheckResidual("Linear", result, residual);
        return result;
    }

    public static Shape LinearGeglu(Shape x, int inFeatures, int outFeatures)
    {
        if (x.Rank == 0 || x.Channels != inFeatures)
            throw new ArgumentException($"LinearGeglu: x {x} must have {inFeatures} channels for the weight [{outFeatures},{inFeatures}].");
        if (outFeatures % 2 != 0)
            throw new ArgumentException($"LinearGeglu: the weight [{outFeatures},{inFeatures}] must have an even number of rows, values and then gates.");
        return x.WithChannels(outFeatures / 2);
    }

    public static Shape Conv2d(Shape x, ConvWeight weight, Window window, Shape? residual)
    {
        if (x.Rank != 4 || x.Channels != weight.InChannels)
            throw new ArgumentException($"Conv2d: x {x} must be [N,H,W,{weight.InChannels}] for the filters [{weight.OutChannels},{weight.InChannels},{weight.KernelHeight},{weight.KernelWidth}].");
        (int height, int width) = Slide("Conv2d", x, weight.KernelHeight, weight.KernelWidth, window);
        Shape result = new(x[0], height, width, weight.OutChannels);
        CheckResidual("Conv2d", result, residual);
        return result;
    }

    public static Shape NormConv2d(Shape x, in GroupNormalization norm, ConvWeight weight, Window window, Shape? shift, Shape? residual)
    {
        GroupNorm(x, norm.Weight.Count, norm.Bias.Count, norm.Statistics?.Groups ?? norm.Groups);
        if (norm.Statistics is not null) GroupStatistics(x, norm.Statistics.Groups);
        Shape result = Conv2d(x, weight, window, residual);
        if (shift is { } vector && vector != new Shape(result[0], result.Channels))
            throw new ArgumentException($"NormConv2d: the shift {vector} must be [N,C] of the result {result}.");
        return result;
    }

    public static Shape ConvTranspose2d(Shape x, ConvWeight weight)
    {
        if (x.Rank != 4 || x.Channels != weight.InChannels)
            throw new ArgumentException($"ConvTranspose2d: x {x} must be [N,H,W,{weight.InChannels}] for the filters [{weight.InChannels},{weight.OutChannels},{weight.KernelHeight},{weight.KernelWidth}].");
        return new Shape(x[0], checked(x[1] * weight.KernelHeight), checked(x[2] * weight.KernelWidth), weight.OutChannels);
    }

    public static void GroupNorm(Shape x, int weights, int biases, int groups)
    {
        if (x.Rank is not (3 or 4))
            throw new ArgumentException($"GroupNorm: x {x} must be [N,H,W,C] or [N,L,C].");
        if (groups < 1 || x.Channels % groups != 0)
            throw new ArgumentException($"GroupNorm: {groups} groups do not divide the {x.Channels} channels of x {x}.");
        CheckPerChannel("GroupNorm", x, weights, biases);
    }

    public static void GroupStatistics(Shape x, int groups)
    {
        if (x.Rank is not (3 or 4) || x[0] != 1 || x.Count == 0)
            throw new ArgumentException($"GroupStatistics: x {x} must be one picture [1,H,W,C] or [1,L,C], and not empty.");
        if (groups < 1 || x.Channels % groups != 0)
            throw new ArgumentException($"GroupStatistics: {groups} groups do not divide the {x.Channels} channels of x {x}.");
    }

    public static void GroupStatistics(Shape x, int groups, PixelRegion? region)
    {
        GroupStatistics(x, groups);
        if (region is not { } r) return;
        if (x.Rank != 4 || r.Top < 0 || r.Left < 0 || r.Height < 1 || r.Width < 1 || r.Top > x[1] - r.Height || r.Left > x[2] - r.Width)
            throw new ArgumentException($"GroupStatistics: {r} must be pixels of a picture x [1,H,W,C], which is {x}.");
    }

    public static void LayerNorm(Shape x, int weights, int biases)
    {
        if (x.Rank == 0) throw new ArgumentException($"LayerNorm: x {x} must have channels.");
        CheckPerChannel("LayerNorm", x, weights, biases);
    }

    public static Shape Attention(Shape q, Shape k, Shape v, int heads, bool causal)
    {
        if (q.Rank != 3 || k.Rank != 3 || k != v || k[0] != q[0] || k.Channels != q.Channels || k[1] == 0)
            throw new ArgumentException($"Attention: q {q}, k {k}, v {v} must be [N,L,C], [N,S,C], [N,S,C] with S of 1 or more.");
        if (heads < 1 || q.Channels % heads != 0)
            throw new ArgumentException($"Attention: {heads} heads do not divide the {q.Channels} channels of q {q}.");
        if (causal && q[1] != k[1])
            throw new ArgumentException($"Attention: a causal mask needs as many keys as queries; q is {q} and k is {k}.");
        return q;
    }

    public static Shape Same(string op, Shape a, Shape b)
    {
        if (a != b) throw new ArgumentException($"{op}: {a} and {b} must be the same shape.");
        return a;
    }

    public static void AddChannels(Shape x, Shape vector)
    {
        if (x.Rank < 2 || vector.Rank != 2 || vector[0] != x[0] || vector[1] != x.Channels)
            throw new ArgumentException($"AddChannelsInPlace: the vector {vector} must be [N,C] of x {x}.");
    }

    public static void AddTable(Shape x, int table)
    {
        if (x.Rank < 2 || (long)table * x[0] != x.Count)
            throw new ArgumentException($"AddTableInPlace: a table of {table} values is not as large as one picture of x {x}.");
    }

    public static Shape ConcatChannels(Shape a, Shape b)
    {
        if (a.Rank == 0 || a.Rank != b.Rank || a.WithChannels(b.Channels) != b)
            throw new ArgumentException($"ConcatChannels: {a} and {b} may differ in their last dimension alone.");
        return a.WithChannels(checked(a.Channels + b.Channels));
    }

    public static Shape ConcatTokens(Shape a, Shape b)
    {
        if (a.Rank != 3 || b.Rank != 3 || a[0] != b[0] || a[2] != b[2])
            throw new ArgumentException($"ConcatTokens: {a} and {b} must be [N,L,C] and [N,M,C].");
        return new Shape(a[0], checked(a[1] + b[1]), a[2]);
    }

    public static Shape SliceTokens(Shape x, int start, int count)
    {
        if (x.Rank != 3 || start < 0 || count < 0 || start > x[1] - count)
            throw new ArgumentException($"SliceTokens: {count} tokens from {start} are not within x {x}, which must be [N,L,C].");
        return new Shape(x[0], count, x[2]);
    }

    public static Shape RepeatToken(Shape x, int count)
    {
        if (x.Rank != 3 || x[1] != 1 || count < 0)
            throw new ArgumentException($"RepeatToken: x {x} must be [N,1,C], to be repeated 0 or more times and not {count}.");
        return new Shape(x[0], count, x[2]);
    }

    public static Shape Embedding(int rows, int width, ReadOnlySpan<int> ids, int batch)
    {
        if (batch < 1 || ids.Length % batch != 0)
            throw new ArgumentException($"Embedding: {ids.Length} ids do not make {batch} rows of equal length.");
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)rows)
                throw new ArgumentException($"Embedding: id {id} is not a row of the table [{rows},{width}].");
        }
        return new Shape(batch, ids.Length / batch, width);
    }

    public static Shape Resize(string op, Shape x, int height, int width)
    {
        if (x.Rank != 4 || x[1] == 0 || x[2] == 0 || height < 1 || width < 1)
            throw new ArgumentException($"{op}: x {x} must be [N,H,W,C] with at least one pixel, and so must the result of {height} x {width}.");
        return new Shape(x[0], height, width, x[3]);
    }

    public static Shape MaxPool2d(Shape x, int kernel, Window window)
    {
        if (x.Rank != 4) throw new ArgumentException($"MaxPool2d: x {x} must be [N,H,W,C].");
        (int height, int width) = Slide("MaxPool2d", x, kernel, kernel, window);
        return new Shape(x[0], height, width, x[3]);
    }

    private static (int Height, int Width) Slide(string op, Shape x, int kernelHeight, int kernelWidth, Window window)
    {
        if (window.Stride < 1 || window.Top < 0 || window.Left < 0 || window.Bottom < 0 || window.Right < 0)
            throw new ArgumentException($"{op}: {window} must have a stride of 1 or more and no negative border.");
        long paddedHeight = (long)x[1] + window.Top + window.Bottom;
        long paddedWidth = (long)x[2] + window.Left + window.Right;
        if (kernelHeight < 1 || kernelWidth < 1 || kernelHeight > paddedHeight || kernelWidth > paddedWidth)
            throw new ArgumentException($"{op}: a window of {kernelHeight} x {kernelWidth} does not fit into x {x} with its border, {paddedHeight} x {paddedWidth}.");
        return ((int)((paddedHeight - kernelHeight) / window.Stride + 1), (int)((paddedWidth - kernelWidth) / window.Stride + 1));
    }

    private static void CheckResidual(string op, Shape result, Shape? residual)
    {
        if (residual is { } shape && shape != result)
            throw new ArgumentException($"{op}: the residual {shape} must have the result's shape {result}.");
    }

    private static void CheckPerChannel(string op, Shape x, int weights, int biases)
    {
        if (weights != x.Channels || biases != x.Channels)
            throw new ArgumentException($"{op}: weight [{weights}] and bias [{biases}] must have the {x.Channels} channels of x {x}.");
    }
}
