using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.Dpt;

/// <summary>
/// A convolution without bias whose filters are standardised (Qiao et al., "Micro-Batch Training with Batch-Channel
/// Normalization and Weight Standardization", 2019) and whose border is TensorFlow's "same". The filters do not
/// change, so they are standardised once, when they are loaded.
/// </summary>
internal sealed class WeightStandardizedConv2d
{
    /// <summary>Added to the variance of a filter; transformers' BiT layers all pass this.</summary>
    private const double Eps = 1e-8;

    private readonly int _stride;

    public WeightStandardizedConv2d(CheckpointScope scope, int inChannels, int outChannels, int kernel, int stride = 1)
    {
        _stride = stride;
        Weight = scope.Conv2d(Standardize(scope.Tensor("weight", outChannels, inChannels, kernel, kernel)), null);
    }

    public ConvWeight Weight { get; }

    /// <summary>[N,H,W,in] to [N,⌈H/stride⌉,⌈W/stride⌉,out].</summary>
    public Tensor Forward(IOps ops, Tensor x) =>
        ops.Conv2d(x, Weight, Window.Same(_stride, Weight.KernelHeight, x.Shape[1], x.Shape[2]));

    /// <summary>Each filter less its mean, over its deviation (over n, not n-1).</summary>
    internal static WeightTensor Standardize(WeightTensor weight)
    {
        float[] values = weight.ToFloats();
        int filterLength = values.Length / weight.Dimensions[0];
        for (int start = 0; start < values.Length; start += filterLength)
        {
            Span<float> filter = values.AsSpan(start, filterLength);
            double mean = 0, variance = 0;
            foreach (float value in filter) mean += value;
            mean /= filterLength;
            foreach (float value in filter) variance += (value - mean) * (value - mean);
            variance /= filterLength;
            double scale = 1 / Math.Sqrt(variance + Eps);
            for (int i = 0; i < filter.Length; i++) filter[i] = (float)((filter[i] - mean) * scale);
        }
        return WeightTensor.FromFloats(weight.Name, weight.Dimensions, values);
    }
}
