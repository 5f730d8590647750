namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// A component while it is decoded: its geometry, its table, the samples made so far and, in progressive files, the
/// coefficients that the scans complete bit by bit.
/// </summary>
internal sealed class ComponentDecoder
{
    private readonly short[]? _coefficients;

    // By coefficient in zigzag order: the lowest bit that is known, or -1 before the first scan.
    private readonly sbyte[] _knownBit = new sbyte[64];
    private QuantizationTable? _quantization;

    public ComponentDecoder(FrameHeader frame, FrameComponent component)
    {
        Component = component;
        int width = FrameHeader.DivideUp(frame.Width * component.HorizontalSampling, frame.MaxHorizontalSampling);
        int height = FrameHeader.DivideUp(frame.Height * component.VerticalSampling, frame.MaxVerticalSampling);
        BlocksWide = FrameHeader.DivideUp(width, 8);
        BlocksHigh = FrameHeader.DivideUp(height, 8);
        BlockStride = frame.McusWide * component.HorizontalSampling;
        int blockRows = frame.McusHigh * component.VerticalSampling;
        Samples = new SamplePlane(width, height, BlockStride * 8, blockRows * 8);
        Samples.Fill(128);
        if (frame.IsProgressive) _coefficients = new short[checked(BlockStride * blockRows * 64)];
        Array.Fill(_knownBit, (sbyte)-1);
    }

    public FrameComponent Component { get; }

    /// <summary>Blocks a row that hold part of the picture, which is what a scan of this component alone has.</summary>
    public int BlocksWide { get; }

    /// <summary>Rows of blocks that hold part of the picture.</summary>
    public int BlocksHigh { get; }

    /// <summary>Blocks a row including those that only fill up interleaved MCUs.</summary>
    public int BlockStride { get; }

    public SamplePlane Samples { get; }

    /// <summary>The value that the next DC difference counts from.</summary>
    public int DcPrediction { get; set; }

    /// <summary>Whether any scan has brought the component's DC coefficients.</summary>
    public bool HasDc => _knownBit[0] >= 0;

    /// <summary>Whether every bit of every coefficient is known.</summary>
    public bool IsComplete => Array.TrueForAll(_knownBit, bit => bit == 0);

    /// <summary>The coefficients of a block of a progressive file, row by row.</summary>
    public Span<short> Coefficients(int blockX, int blockY) => _coefficients.AsSpan(((blockY * BlockStride) + blockX) * 64, 64);

    /// <summary>
    /// Prepares for a scan: checks that it carries on where earlier ones ended, and takes the quantisation table that is
    /// in force at the component's first scan, since later components may reuse its place.
    /// </summary>
    public void Begin(ScanHeader scan, QuantizationTable?[] tables, string name)
    {
        for (int k = scan.SpectralStart; k <= scan.SpectralEnd; k++)
        {
            int expected = scan.ApproximationHigh == 0 ? -1 : scan.ApproximationHigh;
            if (_knownBit[k] != expected)
                throw JpegErrors.Broken(name, $"a scan brings the coefficient {k} of component {Component.Id} out of turn");
            _knownBit[k] = (sbyte)scan.ApproximationLow;
        }
        if (scan.SpectralStart > 0 && !HasDc)
            throw JpegErrors.Broken(name, $"component {Component.Id} has AC coefficients before DC coefficients");
        _quantization ??= tables[Component.QuantizationSlot]
            ?? throw JpegErrors.Broken(name, $"the quantisation table {Component.QuantizationSlot} is missing");
    }

    /// <summary>Makes the samples of a block from its coefficients.</summary>
    public void Transform(ReadOnlySpan<short> coefficients, int blockX, int blockY) =>
        InverseDct.Transform(coefficients, _quantization!.NaturalSteps, Samples.FromBlock(blockX, blockY), Samples.Stride);

    /// <summary>Makes all samples from the gathered coefficients.</summary>
    public void TransformAll()
    {
        for (int y = 0; y < BlocksHigh; y++)
        {
            for (int x = 0; x < BlocksWide; x++) Transform(Coefficients(x, y), x, y);
        }
    }
}
