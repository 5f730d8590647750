using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Elementwise;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// Values times the GELU of their gates, which are the columns half a matrix further on. A task computes both, so that only
/// the products are written. Where the half is no whole number of panels, a panel's gates lie in two others.
/// </summary>
/// <param name="target">[rows][columns].</param>
/// <param name="columns">Columns of the result: half the matrix's.</param>
/// <param name="bias">One value for each column of the matrix, filled up with zeros to whole panels, or null.</param>
/// <param name="tier">Which vectors the GELU uses.</param>
internal readonly unsafe struct GegluOutput(float* target, int columns, float* bias, CpuTier tier) : IGemmOutput
{
    private const int MaxTile = MicroKernel.MaxRows * MicroKernel.MaxColumns;

    /// <inheritdoc/>
    public static bool HasPartners => true;

    /// <inheritdoc/>
    public int SharedPanels(PackedMatrix matrix) => (columns + matrix.PanelWidth - 1) / matrix.PanelWidth;

    /// <inheritdoc/>
    public (int First, int Count) Partners(int firstPanel, int panels, PackedMatrix matrix)
    {
        int width = matrix.PanelWidth;
        int first = (columns + firstPanel * width) / width;
        int lastColumn = columns + Math.Min((firstPanel + panels) * width, columns) - 1;
        return (first, lastColumn / width - first + 1);
    }

    /// <inheritdoc/>
    public void Prefetch(int firstRow, int rows, int panel, int width) => PanelRows.Prefetch(target, columns, firstRow, rows, panel * width, width);

    /// <inheritdoc/>
    public void Store(in GemmTile tile)
    {
        int width = tile.Width, firstColumn = tile.Panel * width;
        int count = Math.Min(width, columns - firstColumn);
        // The panel's first gates end one panel of gates; the others, if any, begin the next.
        int firstGate = columns % width, head = Math.Min(count, width - firstGate);
        float* gates = stackalloc float[MaxTile];
        for (int r = 0; r < tile.Rows; r++)
        {
            float* row = gates + r * width, gateBias = bias == null ? null : bias + columns + firstColumn;
            PanelRows.Store(tile.Partner(0) + r * width + firstGate, gateBias, null, row, head);
            if (count > head) PanelRows.Store(tile.Partner(1) + r * width, gateBias == null ? null : gateBias + head, null, row + head, count - head);
        }
        UnaryKernel.ApplyRow(tier, gates, gates, tile.Rows * width, default(GeluOperator));
        if (bias != null) PanelRows.Add(tile.Sums, bias + firstColumn, tile.Rows, width);
        for (int r = 0; r < tile.Rows; r++)
            Multiply(tile.Sums + r * width, gates + r * width, target + (long)(tile.FirstRow + r) * columns + firstColumn, count);
    }

    private static void Multiply(float* a, float* b, float* product, int count)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            (Vector256.Load(a + i) * Vector256.Load(b + i)).Store(product + i);
        for (; i < count; i++) product[i] = a[i] * b[i];
    }
}
