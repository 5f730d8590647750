using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>What happens to finished sums while they are still in cache, and where the results go.</summary>
internal abstract unsafe class GemmOutput
{
    /// <summary>How many of the matrix's panels, from the first on, tasks share out; the others are partners.</summary>
    public abstract int SharedPanels(PackedMatrix matrix);

    /// <summary>Whether panels have partners, which <see cref="Store"/> needs at the same time.</summary>
    public virtual bool HasPartners => false;

    /// <summary>The partners of some panels: panels that lie side by side, in the order of those that they belong to.</summary>
    public virtual (int First, int Count) Partners(int firstPanel, int panels, PackedMatrix matrix) => default;

    /// <summary>Asks for the lines that <see cref="Store"/> will need, so that they come while the tile is summed.</summary>
    /// <param name="firstRow">The tile's first row.</param>
    /// <param name="rows">How many rows it has.</param>
    /// <param name="panel">Its panel.</param>
    /// <param name="width">Columns a panel.</param>
    public abstract void Prefetch(int firstRow, int rows, int panel, int width);

    /// <summary>
    /// Finishes a tile and stores it. It may work in the tile, but not in those of partners, which another panel may
    /// share.
    /// </summary>
    public abstract void Store(in GemmTile tile);

    /// <summary>Asks for a tile's part of a row-major matrix.</summary>
    protected static void Prefetch(float* matrix, int columns, int firstRow, int rows, int firstColumn, int width)
    {
        if (!Sse.IsSupported) return;
        const int line = 16;
        int count = Math.Min(width, columns - firstColumn);
        float* row = matrix + (long)firstRow * columns + firstColumn;
        for (int r = 0; r < rows; r++, row += columns)
        {
            for (int i = 0; i < count; i += line) Sse.Prefetch0(row + i);
        }
    }
}
