namespace Depth2Img.Imaging.Jpeg;

/// <summary>A component while a picture is encoded: it takes samples by rows of MCUs and keeps quantised coefficients.</summary>
internal sealed class EncoderComponent
{
    private readonly QuantizationTable _quantization;
    private readonly short[] _coefficients;
    private readonly int _blocksWide;

    /// <param name="horizontalSampling">Blocks in a row of an MCU.</param>
    /// <param name="verticalSampling">Rows of blocks in an MCU.</param>
    /// <param name="mcusWide">MCUs in a row.</param>
    /// <param name="mcusHigh">Rows of MCUs.</param>
    /// <param name="quantization">The component's steps.</param>
    /// <param name="tableSlot">Which quantisation and Huffman tables it has: 0 for brightness, 1 for colour.</param>
    public EncoderComponent(int horizontalSampling, int verticalSampling, int mcusWide, int mcusHigh, QuantizationTable quantization, int tableSlot)
    {
        HorizontalSampling = horizontalSampling;
        VerticalSampling = verticalSampling;
        TableSlot = tableSlot;
        _quantization = quantization;
        _blocksWide = mcusWide * horizontalSampling;
        _coefficients = new short[checked(_blocksWide * mcusHigh * verticalSampling * 64)];
    }

    public int HorizontalSampling { get; }

    public int VerticalSampling { get; }

    public int TableSlot { get; }

    /// <summary>The coefficients of a block in zigzag order.</summary>
    public Span<short> Block(int blockX, int blockY) => _coefficients.AsSpan(((blockY * _blocksWide) + blockX) * 64, 64);

    /// <summary>Transforms and quantises a row of MCUs.</summary>
    /// <param name="mcuY">The row.</param>
    /// <param name="samples">Its samples around 0 at the picture's resolution, in rows.</param>
    /// <param name="stride">Samples in a row.</param>
    /// <param name="scaleX">Columns of the picture to a sample of the component.</param>
    /// <param name="scaleY">Rows of the picture to a sample of the component.</param>
    public void EncodeMcuRow(int mcuY, ReadOnlySpan<float> samples, int stride, int scaleX, int scaleY)
    {
        Span<float> values = stackalloc float[64];
        for (int v = 0; v < VerticalSampling; v++)
        {
            for (int blockX = 0; blockX < _blocksWide; blockX++)
            {
                ReadOnlySpan<float> source = samples[((v * 8 * scaleY * stride) + (blockX * 8 * scaleX))..];
                for (int y = 0; y < 8; y++)
                {
                    for (int x = 0; x < 8; x++)
                        values[(8 * y) + x] = Mean(source[((y * scaleY * stride) + (x * scaleX))..], stride, scaleX, scaleY);
                }
                ForwardDct.Transform(values);
                Quantize(values, Block(blockX, (mcuY * VerticalSampling) + v));
            }
        }
    }

    private static float Mean(ReadOnlySpan<float> samples, int stride, int scaleX, int scaleY)
    {
        float sum = 0;
        for (int y = 0; y < scaleY; y++)
        {
            for (int x = 0; x < scaleX; x++) sum += samples[(y * stride) + x];
        }
        return sum / (scaleX * scaleY);
    }

    private void Quantize(ReadOnlySpan<float> values, Span<short> block)
    {
        ReadOnlySpan<ushort> steps = _quantization.Steps;
        // Baseline coefficients have up to 10 bits; only the finest steps on the hardest edges come near that.
        for (int k = 0; k < block.Length; k++)
            block[k] = (short)Math.Clamp(MathF.Round(values[ZigZag.ToNatural[k]] / steps[k]), k == 0 ? -1024 : -1023, 1023);
    }
}
