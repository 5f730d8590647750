using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>One filter a channel in single precision, [tap][channel], and their bias.</summary>
internal sealed unsafe class CpuDepthwiseWeight : ConvWeight
{
    private readonly AlignedBuffer _filters;
    private readonly PaddedBias _bias;

    private CpuDepthwiseWeight(int channels, int kernelHeight, int kernelWidth, AlignedBuffer filters, PaddedBias bias)
        : base(channels, channels, kernelHeight, kernelWidth)
    {
        _filters = filters;
        _bias = bias;
    }

    /// <summary>[kernel row][kernel column][channel].</summary>
    public float* Filters => (float*)_filters.Data;

    /// <summary>One value a channel, or null.</summary>
    public float* Bias => _bias.Data;

    /// <summary>Turns filters [channels, 1, kh, kw] round.</summary>
    public static CpuDepthwiseWeight Pack(WeightTensor weight, WeightTensor? bias)
    {
        (int channels, int height, int width) = WeightShapes.DepthwiseConv2d(weight, bias);
        int taps = height * width;
        float[] values = weight.ToFloats();
        AlignedBuffer filters = new((long)values.Length * sizeof(float));
        float* target = (float*)filters.Data;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int tap = 0; tap < taps; tap++) target[tap * channels + channel] = values[channel * taps + tap];
        }
        return new(channels, height, width, filters, new PaddedBias(bias, 1, channels));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _filters.Dispose();
        _bias.Dispose();
        base.Dispose(disposing);
    }
}
