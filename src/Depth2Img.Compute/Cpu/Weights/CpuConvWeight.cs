using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>Filters of a full convolution packed for the micro-kernel, [tap][in] x [out], and their bias.</summary>
internal sealed class CpuConvWeight : ConvWeight
{
    private CpuConvWeight(int inChannels, int outChannels, int kernelHeight, int kernelWidth, PackedMatrix matrix, PaddedBias bias)
        : base(inChannels, outChannels, kernelHeight, kernelWidth)
    {
        Matrix = matrix;
        Bias = bias;
    }

    /// <summary>The filters.</summary>
    public PackedMatrix Matrix { get; }

    /// <summary>One value an output.</summary>
    public PaddedBias Bias { get; }

    /// <summary>Packs filters [out, in, kh, kw].</summary>
    /// <param name="weight">The filters.</param>
    /// <param name="bias">Their bias, or null.</param>
    /// <param name="kernel">The micro-kernel of single precision.</param>
    /// <param name="narrow">The micro-kernel of 16-bit products, for filters that suit it; or null.</param>
    /// <param name="pool">The threads.</param>
    public static CpuConvWeight Pack(WeightTensor weight, WeightTensor? bias, MicroKernel kernel, MicroKernel? narrow, WorkerPool pool)
    {
        (int outputs, int inputs, int height, int width) = WeightShapes.Conv2d(weight, bias);
        MicroKernel user = narrow is not null && NarrowingPolicy.Narrows(inputs, outputs, height, width) ? narrow : kernel;
        PackedMatrix matrix = PackedMatrix.Pack(weight, FilterLayout.Convolution(outputs, inputs, height * width), user, pool);
        return new(inputs, outputs, height, width, matrix, new PaddedBias(bias, 1, matrix.Panels * matrix.PanelWidth));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Matrix.Dispose();
        Bias.Dispose();
        base.Dispose(disposing);
    }
}
