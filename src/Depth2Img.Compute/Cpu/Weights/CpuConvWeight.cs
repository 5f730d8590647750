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
    public static CpuConvWeight Pack(WeightTensor weight, WeightTensor? bias, int panelWidth, WorkerPool pool)
    {
        (int outputs, int inputs, int height, int width) = WeightShapes.Conv2d(weight, bias);
        PackedMatrix matrix = PackedMatrix.Pack(weight, FilterLayout.Convolution(outputs, inputs, height * width), panelWidth, pool);
        return new(inputs, outputs, height, width, matrix, new PaddedBias(bias, 1, matrix.Panels * panelWidth));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Matrix.Dispose();
        Bias.Dispose();
        base.Dispose(disposing);
    }
}
