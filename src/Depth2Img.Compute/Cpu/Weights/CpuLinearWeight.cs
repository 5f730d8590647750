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
    /// <param name="weight">The matrix.</param>
    /// <param name="bias">Its bias, or null.</param>
    /// <param name="kernel">The micro-kernel of single precision.</param>
    /// <param name="narrow">The micro-kernel of 16-bit products, for matrices that suit it; or null.</param>
    /// <param name="pool">The threads.</param>
    public static CpuLinearWeight Pack(WeightTensor weight, WeightTensor? bias, MicroKernel kernel, MicroKernel? narrow, WorkerPool pool)
    {
        (int outputs, int inputs) = WeightShapes.Linear(weight, bias);
        MicroKernel user = narrow is not null && NarrowingPolicy.Narrows(inputs, outputs) ? narrow : kernel;
        PackedMatrix matrix = PackedMatrix.Pack(weight, FilterLayout.Matrix(outputs, inputs), user, pool);
        return new(matrix, new PaddedBias(bias, 1, matrix.Panels * matrix.PanelWidth));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Matrix.Dispose();
        Bias.Dispose();
        base.Dispose(disposing);
    }
}
