namespace Depth2Img.Compute;

/// <summary>A matrix [out, in] with an optional bias [out], prepared by a back end for <see cref="IOps.Linear"/>.</summary>
public abstract class LinearWeight(int inFeatures, int outFeatures) : IDisposable
{
    /// <summary>Channels in.</summary>
    public int InFeatures { get; } = inFeatures;

    /// <summary>Channels out.</summary>
    public int OutFeatures { get; } = outFeatures;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected virtual void Dispose(bool disposing) { }
}

/// <summary>Filters [out, in/groups, kh, kw] with an optional bias [out], prepared by a back end. Groups is 1 (a full convolution) or the channel count (depthwise).</summary>
public abstract class ConvWeight(int inChannels, int outChannels, int kernelHeight, int kernelWidth) : IDisposable
{
    /// <summary>Channels in.</summary>
    public int InChannels { get; } = inChannels;

    /// <summary>Channels out.</summary>
    public int OutChannels { get; } = outChannels;

    /// <summary>Rows of the filter.</summary>
    public int KernelHeight { get; } = kernelHeight;

    /// <summary>Columns of the filter.</summary>
    public int KernelWidth { get; } = kernelWidth;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected virtual void Dispose(bool disposing) { }
}

/// <summary>A vector of per-channel values (a norm's scale or shift) or a small table kept in single precision by a back end.</summary>
public abstract class VectorWeight(int count) : IDisposable
{
    /// <summary>How many values.</summary>
    public int Count { get; } = count;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected virtual void Dispose(bool disposing) { }
}

/// <summary>A table [rows, width] that <see cref="IOps.Embedding"/> gathers rows from.</summary>
public abstract class EmbeddingWeight(int rows, int width) : IDisposable
{
    /// <summary>How many rows (the vocabulary).</summary>
    public int Rows { get; } = rows;

    /// <summary>Values a row.</summary>
    public int Width { get; } = width;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected virtual void Dispose(bool disposing) { }
}

/// <summary>Where a sliding window is put: its step, and the border added on each side (zeros for convolutions, nothing for pools).</summary>
/// <param name="Stride">The step in both directions, at least 1.</param>
/// <param name="Top">Rows added above.</param>
/// <param name="Left">Columns added on the left.</param>
/// <param name="Bottom">Rows added below.</param>
/// <param name="Right">Columns added on the right.</param>
public readonly record struct Window(int Stride, int Top, int Left, int Bottom, int Right)
{
    /// <summary>The same border on all sides.</summary>
    public static Window Of(int stride, int padding) => new(stride, padding, padding, padding, padding);

    /// <summary>TensorFlow's "same": ceil(size / stride) windows; an odd border's larger half goes below and right.</summary>
    public static Window Same(int stride, int kernel, int height, int width)
    {
        int vertical = Math.Max(((height + stride - 1) / stride - 1) * stride + kernel - height, 0);
        int horizontal = Math.Max(((width + stride - 1) / stride - 1) * stride + kernel - width, 0);
        return new(stride, vertical / 2, horizontal / 2, vertical - vertical / 2, horizontal - horizontal / 2);
    }

    /// <summary>How many rows come out of <paramref name="height"/> rows.</summary>
    public int OutputHeight(int height, int kernel) => (height + Top + Bottom - kernel) / Stride + 1;

    /// <summary>How many columns come out of <paramref name="width"/> columns.</summary>
    public int OutputWidth(int width, int kernel) => (width + Left + Right - kernel) / Stride + 1;
}
