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

    /// <summary>The partners of some panels; none, if panels have no partners.</summary>
    (int First, int Count) Partners(int firstPanel, int panels, PackedMatrix matrix);

    /// <summary>Finishes a block and stores it; it may work in the block itself.</summary>
    void Store(in GemmBlock block);
}
