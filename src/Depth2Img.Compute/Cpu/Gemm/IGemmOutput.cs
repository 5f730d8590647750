namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// What happens to finished sums while they are still in cache, and where the results go. A struct, as
/// <see cref="IRowSource"/> is.
/// </summary>
internal interface IGemmOutput
{
    /// <summary>Whether panels have partners, which <see cref="Store"/> needs at the same time.</summary>
    static abstract bool HasPartners { get; }

    /// <summary>How many of the matrix's panels, from the first on, tasks share out; the others are partners.</summary>
    int SharedPanels(PackedMatrix matrix);

    /// <summary>The partners of some panels: panels that lie side by side, in the order of those that they belong to; none, if panels have no partners.</summary>
    (int First, int Count) Partners(int firstPanel, int panels, PackedMatrix matrix);

    /// <summary>Asks for the lines that <see cref="Store"/> will need, so that they come while the tile is summed.</summary>
    /// <param name="firstRow">The tile's first row.</param>
    /// <param name="rows">How many rows it has.</param>
    /// <param name="panel">Its panel.</param>
    /// <param name="width">Columns a panel.</param>
    void Prefetch(int firstRow, int rows, int panel, int width);

    /// <summary>
    /// Finishes a tile and stores it. It may work in the tile, but not in those of partners, which another panel may
    /// share.
    /// </summary>
    void Store(in GemmTile tile);
}
