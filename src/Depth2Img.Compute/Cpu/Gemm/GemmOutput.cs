namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>What happens to finished sums while they are still in cache, and where the results go.</summary>
internal abstract unsafe class GemmOutput
{
    /// <summary>How many of the matrix's panels, from the first on, tasks share out; the others are partners.</summary>
    public abstract int SharedPanels(PackedMatrix matrix);

    /// <summary>Whether panels have partners, which <see cref="Store"/> needs at the same time.</summary>
    public virtual bool HasPartners => false;

    /// <summary>The partners of some panels.</summary>
    public virtual (int First, int Count) Partners(int firstPanel, int panels, PackedMatrix matrix) => default;

    /// <summary>Finishes a block and stores it; it may work in the block itself.</summary>
    public abstract void Store(in GemmBlock block);
}
