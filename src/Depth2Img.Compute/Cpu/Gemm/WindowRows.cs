namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// A convolution's windows as rows, [kernel row][kernel column][channel], gathered when they are packed: the matrix of
/// all windows, as large as the picture times the filter, never exists. Pixels side by side lie side by side in
/// memory, so that one row of a window is one run of floats, cut at the picture's borders.
/// </summary>
internal readonly unsafe struct WindowRows(float* picture, Shape shape, int kernelHeight, int kernelWidth, Window window, int outputHeight, int outputWidth)
    : IRowSource
{
    private readonly int _height = shape[1];
    private readonly int _channels = shape[3];
    private readonly int _rowLength = shape[2] * shape[3];
    private readonly int _runLength = kernelWidth * shape[3];

    /// <inheritdoc/>
    public int Rows { get; } = checked(shape[0] * outputHeight * outputWidth);

    /// <inheritdoc/>
    public int Depth { get; } = checked(kernelHeight * kernelWidth * shape[3]);

    /// <inheritdoc/>
    public float* Row(int row, int first) => null;

    /// <inheritdoc/>
    public void Pack(int row, int rows, int first, int depth, float* target)
    {
        int x = row % outputWidth;
        int y = row / outputWidth % outputHeight;
        int n = row / outputWidth / outputHeight;
        for (int r = 0; r < rows; r++, target += MicroKernel.RowStride)
        {
            PackWindow(n, y * window.Stride - window.Top, (x * window.Stride - window.Left) * _channels, first, depth, target);
            if (++x < outputWidth) continue;
            x = 0;
            if (++y < outputHeight) continue;
            y = 0;
            n++;
        }
    }

    /// <summary>Copies products first .. first + depth - 1 of the window whose upper row is <paramref name="top"/> and whose runs begin <paramref name="left"/> floats into their rows.</summary>
    private void PackWindow(int n, int top, int left, int first, int depth, float* target)
    {
        int end = first + depth;
        for (int kernelRow = first / _runLength; first < end; kernelRow++)
        {
            int from = first - kernelRow * _runLength;
            int to = Math.Min(end - kernelRow * _runLength, _runLength);
            int y = top + kernelRow;
            if ((uint)y >= (uint)_height)
            {
                new Span<float>(target, to - from).Clear();
            }
            else
            {
                float* line = picture + ((long)n * _height + y) * _rowLength;
                CopyRun(line, left + from, left + to, target);
            }
            target += to - from;
            first += to - from;
        }
    }

    /// <summary>Copies floats from .. to - 1 of a row of the picture; those outside are zeros.</summary>
    private void CopyRun(float* line, int from, int to, float* target)
    {
        int start = Math.Clamp(0, from, to);
        int stop = Math.Clamp(_rowLength, start, to);
        if (from < start) new Span<float>(target, start - from).Clear();
        new ReadOnlySpan<float>(line + start, stop - start).CopyTo(new Span<float>(target + (start - from), stop - start));
        if (stop < to) new Span<float>(target + (stop - from), to - stop).Clear();
    }
}
