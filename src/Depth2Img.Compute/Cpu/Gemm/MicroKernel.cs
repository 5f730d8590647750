namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// The innermost loop of every matrix product of a tier: a tile of <see cref="Rows"/> x <see cref="Columns"/> sums held in
/// registers while a block of products streams past. Convolutions and attention are built on the same loop.
/// </summary>
internal abstract unsafe class MicroKernel
{
    /// <summary>The most products that one call sums: a panel's block of them then stays in the first cache levels.</summary>
    public const int MaxDepth = 256;

    /// <summary>
    /// Floats from one row of packed left operands to the next: a constant, so that rows are reached by displacement
    /// from one register, and one cache line more than <see cref="MaxDepth"/>, so that rows do not meet in the same cache set.
    /// </summary>
    public const int RowStride = MaxDepth + 16;

    /// <summary>The tallest tile of any tier.</summary>
    public const int MaxRows = 12;

    /// <summary>Rows of a full tile.</summary>
    public abstract int Rows { get; }

    /// <summary>Columns of a tile, and of a packed panel: a multiple of 8.</summary>
    public abstract int Columns { get; }

    /// <summary>c = a b, or c += a b. Every sum is taken in the order of its products, whatever the number of rows.</summary>
    /// <param name="rows">How many rows of the tile count, 1 to <see cref="Rows"/>. Some more may be read and written.</param>
    /// <param name="a">Left operands, [rows][<see cref="RowStride"/>].</param>
    /// <param name="b">Right operands, [depth][<see cref="Columns"/>], 64-byte aligned.</param>
    /// <param name="c">The tile, [<see cref="Rows"/>][<see cref="Columns"/>], aligned as b.</param>
    /// <param name="depth">How many products, 1 to <see cref="MaxDepth"/>.</param>
    /// <param name="accumulate">Whether to add to what the tile holds.</param>
    public abstract void Multiply(int rows, float* a, float* b, float* c, int depth, bool accumulate);

    /// <summary>The kernel of a tier.</summary>
    public static MicroKernel For(CpuTier tier) => tier switch
    {
        CpuTier.Avx512 => new MicroKernelAvx512(),
        CpuTier.Avx2 => new MicroKernelAvx2(),
        CpuTier.Vector128 => new MicroKernelVector128(),
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "No such tier."),
    };
}
