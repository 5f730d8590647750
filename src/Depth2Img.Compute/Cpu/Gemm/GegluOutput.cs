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
    public void Store(in GemmBlock block)
    {
        int width = block.PanelWidth;
        int firstGate = (columns + block.FirstPanel * width) % width;
        int firstColumn = block.FirstPanel * width;
        int gatePanels = (firstGate + Math.Min(block.Panels * width, columns - firstColumn) + width - 1) / width;
        for (int p = 0; p < gatePanels; p++)
        {
            float* gates = block.Sums(block.Panels + p, 0);
            if (bias != null) PanelRows.Add(gates, bias + (long)(block.FirstPartner + p) * width, block.Rows, width);
            UnaryKernel.ApplyRow(tier, gates, gates, block.Rows * width, default(GeluOperator));
        }
        for (int p = 0; p < block.Panels; p++)
        {
            float* values = block.Sums(p, 0);
            if (bias != null) PanelRows.Add(values, bias + firstColumn + p * width, block.Rows, width);
            int count = Math.Min(width, columns - firstColumn - p * width);
            // The panel's first gates end one panel of gates; the others, if any, begin the next.
            int head = Math.Min(count, width - firstGate);
            for (int r = 0; r < block.Rows; r++)
            {
                float* to = target + (long)(block.FirstRow + r) * columns + firstColumn + p * width;
                float* from = block.Sums(p, r);
                Multiply(from, block.Sums(block.Panels + p, r) + firstGate, to, head);
                if (count > head) Multiply(from + head, block.Sums(block.Panels + p + 1, r), to + head, count - head);
            }
        }
    }

    private static void Multiply(float* a, float* b, float* product, int count)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            (Vector256.Load(a + i) * Vector256.Load(b + i)).Store(product + i);
        for (; i < count; i++) product[i] = a[i] * b[i];
    }
}
