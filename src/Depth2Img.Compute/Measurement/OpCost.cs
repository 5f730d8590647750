namespace Depth2Img.Compute.Measurement;

/// <summary>Multiply-adds of ops by the textbook. Biases, activations, residuals and normalisation are not counted.</summary>
internal static class OpCost
{
    /// <summary>Of a matrix product over all rows of x.</summary>
    public static double Linear(Shape x, LinearWeight weight) => (double)x.Rows * weight.InFeatures * weight.OutFeatures;

    /// <summary>Of a convolution computed directly, border and all; full or depthwise, as the weight's channels in say.</summary>
    /// <param name="output">[N,H',W',out].</param>
    /// <param name="weight">The filters. A depthwise one has one channel in for each out.</param>
    /// <param name="depthwise">Whether every filter sees one channel only.</param>
    public static double Convolution(Shape output, ConvWeight weight, bool depthwise = false) =>
        (double)output.Count * (depthwise ? 1 : weight.InChannels) * weight.KernelHeight * weight.KernelWidth;

    /// <summary>Of a transposed convolution whose step is its kernel's size: each output pixel has one tap.</summary>
    public static double TransposedConvolution(Shape output, ConvWeight weight) => (double)output.Count * weight.InChannels;

    /// <summary>Of both products of attention. A causal mask halves nothing here: kernels are judged by the full square.</summary>
    public static double Attention(Shape q, Shape k) => 2.0 * q[0] * q[1] * k[1] * q.Channels;
}
