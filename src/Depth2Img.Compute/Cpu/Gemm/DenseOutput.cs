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
    public void Store(in GemmBlock block)
    {
        int width = block.PanelWidth;
        bool activates = activation.Kind != ActivationKind.None;
        for (int p = 0; p < block.Panels; p++)
        {
            int firstColumn = (block.FirstPanel + p) * width;
            int count = Math.Min(width, columns - firstColumn);
            float* panelBias = bias == null ? null : bias + firstColumn;
            if (activates)
            {
                float* sums = block.Sums(p, 0);
                if (panelBias != null) PanelRows.Add(sums, panelBias, block.Rows, width);
                UnaryKernel.ActivateRow(tier, sums, block.Rows * width, activation);
                panelBias = null;
            }
            for (int r = 0; r < block.Rows; r++)
            {
                long offset = (long)(block.FirstRow + r) * columns + firstColumn;
                PanelRows.Store(block.Sums(p, r), panelBias, residual == null ? null : residual + offset, target + offset, count);
            }
        }
    }
}
