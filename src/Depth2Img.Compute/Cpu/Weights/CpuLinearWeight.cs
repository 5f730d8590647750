using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>A matrix packed for the micro-kernel, and its bias.</summary>
internal sealed class CpuLinearWeight : LinearWeight
{
    private CpuLinearWeight(PackedMatrix matrix, PaddedBias bias) : base(matrix.Depth, matrix.Columns)
    {
        Matrix = matrix;
        Bias = bias;
    }

    /// <summary>[out/width][in][width].</summary>
    public PackedMatrix Matrix { get; }

    /// <summary>One value an output.</summary>
    public PaddedBias Bias { get; }

    /// <summary>Packs a checkpoint's matrix [out, in].</summary>
    public static CpuLinearWeight Pack(WeightTensor weight, WeightTensor? bias, int panelWidth, WorkerPool pool)
    {
        (int outputs, int inputs) = WeightShapes.Linear(weight, bias);
        PackedMatrix matrix = PackedMatrix.Pack(weight, FilterLayout.Matrix(outputs, inputs), panelWidth, pool);
        return new(matrix, new PaddedBias(bias, 1, matrix.Panels * panelWidth));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Matrix.Dispose();
        Bias.Dispose();
        base.Dispose(disposing);
    }
}
