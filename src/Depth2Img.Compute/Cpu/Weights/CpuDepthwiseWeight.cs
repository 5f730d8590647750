using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>One filter a channel, turned to [tap][channel] so that vectors run over channels, and the bias.</summary>
internal sealed unsafe class CpuDepthwiseWeight : ConvWeight
{
    private readonly AlignedBuffer _data;

    private CpuDepthwiseWeight(int channels, int kernelHeight, int kernelWidth, AlignedBuffer data)
        : base(channels, channels, kernelHeight, kernelWidth) => _data = data;

    /// <summary>[tap][channel].</summary>
    public float* Filters => (float*)_data.Data;

    /// <summary>[channel]; zeros where the checkpoint has none.</summary>
    public float* Bias => Filters + (long)KernelHeight * KernelWidth * OutChannels;

    /// <summary>Turns filters [channels, 1, kh, kw].</summary>
    public static CpuDepthwiseWeight Create(WeightTensor weight, WeightTensor? bias)
    {
        (int channels, int height, int width) = WeightShapes.DepthwiseConv2d(weight, bias);
        int taps = height * width;
        AlignedBuffer data = new((taps + 1L) * channels * sizeof(float));
        float* target = (float*)data.Data;
        float[] source = weight.ToFloats();
        for (int c = 0; c < channels; c++)
        {
            for (int tap = 0; tap < taps; tap++) target[(long)tap * channels + c] = source[c * taps + tap];
        }
        Span<float> biases = new(target + (long)taps * channels, channels);
        if (bias is null) biases.Clear();
        else bias.CopyTo(0, biases);
        return new(channels, height, width, data);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _data.Dispose();
}
