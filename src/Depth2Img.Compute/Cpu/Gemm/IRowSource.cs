namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// The left operand of a product: rows that are copied block by block into the order that micro-kernels read. A struct, for
/// the reason of <see cref="IParallelTask"/>; the compiler makes a driver for each.
/// </summary>
internal unsafe interface IRowSource
{
    /// <summary>How many rows there are.</summary>
    int Rows { get; }

    /// <summary>How many products a row has.</summary>
    int Depth { get; }

    /// <summary>Where a row's products lie side by side in memory, or null where they must be copied together.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The first product.</param>
    float* Row(int row, int first);

    /// <summary>Copies a block.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="first">The first product.</param>
    /// <param name="depth">How many products, at most <see cref="MicroKernel.RowStride"/> where there are several rows.</param>
    /// <param name="target">[rows][<see cref="MicroKernel.RowStride"/>].</param>
    void Pack(int row, int rows, int first, int depth, float* target);
}
