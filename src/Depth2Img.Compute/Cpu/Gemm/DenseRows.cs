namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>The rows of a matrix in memory: tokens, or the pixels under a 1x1 convolution.</summary>
internal readonly unsafe struct DenseRows(float* data, int rows, int depth) : IRowSource
{
    /// <inheritdoc/>
    public int Rows => rows;

    /// <inheritdoc/>
    public int Depth => depth;

    /// <inheritdoc/>
    public float* Row(int row, int first) => data + (long)row * Depth + first;

    /// <inheritdoc/>
    public void Pack(int row, int rows, int first, int depth, float* target)
    {
        float* source = data + (long)row * Depth + first;
        for (int r = 0; r < rows; r++, source += Depth, target += MicroKernel.RowStride)
            new ReadOnlySpan<float>(source, depth).CopyTo(new Span<float>(target, depth));
    }
}
