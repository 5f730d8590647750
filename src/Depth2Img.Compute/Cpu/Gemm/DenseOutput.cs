using Depth2Img.Compute.Cpu.Elementwise;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>activation(sums + bias) + residual, into a row-major matrix.</summary>
/// <param name="target">[rows][columns].</param>
/// <param name="columns">Columns of the result.</param>
/// <param name="bias">One value a column, filled up with zeros to whole panels, or null.</param>
/// <param name="activation">Applied after the bias.</param>
/// <param name="residual">As the target, added last, or null.</param>
/// <param name="tier">Which vectors the activation uses.</param>
internal readonly unsafe struct DenseOutput(float* target, int columns, float* bias, Activation activation, float* residual, CpuTier tier) : IGemmOutput
{
    /// <inheritdoc/>
    public static bool HasPartners => false;

    /// <inheritdoc/>
    public int SharedPanels(PackedMatrix matrix) => matrix.Panels;

    /// <inheritdoc/>
    public (int First, int Count) Partners(int firstPanel, int panels, PackedMatrix matrix) => default;

    /// <inheritdoc/>
    public void Prefetch(int firstRow, int rows, int panel, int width)
    {
        PanelRows.Prefetch(target, columns, firstRow, rows, panel * width, width);
        if (residual != null) PanelRows.Prefetch(residual, columns, firstRow, rows, panel * width, width);
    }

    /// <inheritdoc/>
    public void Store(in GemmTile tile)
    {
        int width = tile.Width, firstColumn = tile.Panel * width;
        int count = Math.Min(width, columns - firstColumn);
        float* panelBias = bias == null ? null : bias + firstColumn;
        if (activation.Kind != ActivationKind.None)
        {
            if (panelBias != null) PanelRows.Add(tile.Sums, panelBias, tile.Rows, width);
            UnaryKernel.ActivateRow(tier, tile.Sums, tile.Rows * width, activation);
            panelBias = null;
        }
        long offset = (long)tile.FirstRow * columns + firstColumn;
        PanelRows.StoreTile(tile.Sums, width, tile.Rows, panelBias, residual == null ? null : residual + offset, target + offset, columns, count);
    }
}
