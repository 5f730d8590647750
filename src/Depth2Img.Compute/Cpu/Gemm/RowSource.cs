namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>The left operand of a product: rows that are copied block by block into the order that micro-kernels read.</summary>
internal abstract unsafe class RowSource(int rows, int depth)
{
    /// <summary>How many rows there are.</summary>
    public int Rows { get; } = rows;

    /// <summary>How many products a row has.</summary>
    public int Depth { get; } = depth;

    /// <summary>Where a row's products lie side by side in memory, or null where they must be copied together.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The first product.</param>
    public virtual float* Row(int row, int first) => null;

    /// <summary>Copies a block.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="first">The first product.</param>
    /// <param name="depth">How many products, at most <see cref="MicroKernel.RowStride"/> where there are several rows.</param>
    /// <param name="target">[rows][<see cref="MicroKernel.RowStride"/>].</param>
    public abstract void Pack(int row, int rows, int first, int depth, float* target);
}
