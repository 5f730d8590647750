using Depth2Img.Compute.Cpu.Elementwise;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>activation(sums + bias) + residual, into a row-major matrix.</summary>
/// <param name="target">[rows][columns].</param>
/// <param name="columns">Columns of the result.</param>
/// <param name="bias">One value a column, filled up with zeros to whole panels, or null.</param>
/// <param name="activation">Applied after the bias.</param>
/// <param name="residual">As the target, added last, or null.</param>
/// <param name="tier">Which vectors the activation uses.</param>
internal sealed unsafe class DenseOutput(float* target, int columns, float* bias, Activation activation, float* residual, CpuTier tier)
    : GemmOutput
{
    /// <inheritdoc/>
    public override int SharedPanels(PackedMatrix matrix) => matrix.Panels;

    /// <inheritdoc/>
    public override void Prefetch(int firstRow, int rows, int panel, int width)
    {
        Prefetch(target, columns, firstRow, rows, panel * width, width);
        if (residual != null) Prefetch(residual, columns, firstRow, rows, panel * width, width);
    }

    /// <inheritdoc/>
    public override void Store(in GemmTile tile)
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
