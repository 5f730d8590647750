using Depth2Img.Compute.Cpu.Norm;

namespace Depth2Img.Compute.Cpu.Convolution;

/// <summary>The operands of one convolution, checked.</summary>
/// <param name="input">[N,H,W,in].</param>
/// <param name="output">[N,H',W',out].</param>
/// <param name="residual">As the output, or null.</param>
internal readonly unsafe struct ConvolutionCall(float* input, float* output, float* residual)
{
    /// <summary>The picture.</summary>
    public float* Input => input;

    /// <summary>Where the result goes.</summary>
    public float* Output { get; init; } = output;

    /// <summary>Added last, or null.</summary>
    public float* Residual => residual;

    /// <summary>[N,H,W,in].</summary>
    public required Shape InputShape { get; init; }

    /// <summary>[N,H',W',out].</summary>
    public required Shape OutputShape { get; init; }

    /// <summary>The filters.</summary>
    public required ConvWeight Weight { get; init; }

    /// <summary>Step and border.</summary>
    public required Window Window { get; init; }

    /// <summary>Applied after the bias.</summary>
    public required Activation Activation { get; init; }

    /// <summary>Applied to the picture as it is read; only for kernels that <see cref="ConvolutionKernel.AppliesNorm">do so</see>.</summary>
    public AppliedNorm Norm { get; init; }

    /// <summary>[N,out], added to every pixel of its picture after the activation, or null; only for kernels that apply a norm.</summary>
    public float* Shift { get; init; }

    /// <summary>
    /// Takes [N,out] pairs of a mean and a sum of squares of the distances from it, of the result's channels, or null; only for
    /// kernels that apply a norm.
    /// </summary>
    public double* Moments { get; init; }
}
