using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>Filters of a transposed convolution packed for the micro-kernel, [in] x [tap][out], and their bias once for every tap.</summary>
internal sealed class CpuTransposedConvWeight : ConvWeight
{
    private CpuTransposedConvWeight(int inChannels, int outChannels, int kernel, PackedMatrix matrix, PaddedBias bias)
        : base(inChannels, outChannels, kernel, kernel)
    {
        Matrix = matrix;
        Bias = bias;
    }

    /// <summary>The filters.</summary>
    public PackedMatrix Matrix { get; }

    /// <summary>One value a column of the matrix.</summary>
    public PaddedBias Bias { get; }

    /// <summary>Packs filters [in, out, k, k].</summary>
    public static CpuTransposedConvWeight Pack(WeightTensor weight, WeightTensor? bias, MicroKernel reader, WorkerPool pool)
    {
        (int inputs, int outputs, int kernel) = WeightShapes.ConvTranspose2d(weight, bias);
        int taps = kernel * kernel;
        PackedMatrix matrix = PackedMatrix.Pack(weight, FilterLayout.Transposed(outputs, inputs, taps), reader, pool);
        return new(inputs, outputs, kernel, matrix, new PaddedBias(bias, taps, matrix.Panels * matrix.PanelWidth));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Matrix.Dispose();
        Bias.Dispose();
        base.Dispose(disposing);
    }
}
