using System.Runtime.Intrinsics;
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
    public override void Store(in GemmBlock block)
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
                if (panelBias != null) AddToRows(sums, panelBias, block.Rows, width);
                UnaryKernel.ActivateRow(tier, sums, block.Rows * width, activation);
                panelBias = null;
            }
            for (int r = 0; r < block.Rows; r++)
            {
                long offset = (long)(block.FirstRow + r) * columns + firstColumn;
                StoreRow(block.Sums(p, r), panelBias, residual == null ? null : residual + offset, target + offset, count);
            }
        }
    }

    /// <summary>Adds a vector to every row of a panel.</summary>
    internal static void AddToRows(float* sums, float* vector, int rows, int width)
    {
        for (int r = 0; r < rows; r++, sums += width)
        {
            for (int i = 0; i < width; i += Vector256<float>.Count)
                (Vector256.Load(sums + i) + Vector256.Load(vector + i)).Store(sums + i);
        }
    }

    private static void StoreRow(float* sums, float* bias, float* added, float* target, int count)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.Load(sums + i);
            if (bias != null) value += Vector256.Load(bias + i);
            if (added != null) value += Vector256.Load(added + i);
            value.Store(target + i);
        }
        for (; i < count; i++)
        {
            float value = sums[i];
            if (bias != null) value += bias[i];
            if (added != null) value += added[i];
            target[i] = value;
        }
    }
}
