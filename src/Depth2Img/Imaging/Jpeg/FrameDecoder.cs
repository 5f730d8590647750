namespace Depth2Img.Imaging.Jpeg;

/// <summary>A picture while its scans are decoded.</summary>
internal sealed class FrameDecoder
{
    private readonly FrameHeader _header;
    private readonly ComponentDecoder[] _components;
    private readonly string _name;
    private double _lost;

    /// <summary>Takes the memory for a frame.</summary>
    /// <param name="header">The frame, within the limits.</param>
    /// <param name="remainingBytes">How much of the file is left.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="Depth2ImgException">So little is left that the picture cannot be in it.</exception>
    public FrameDecoder(FrameHeader header, long remainingBytes, string name)
    {
        // Each block takes at least a bit of DC, and in sequential files one of AC: memory stays in proportion to the file.
        long bits = 0;
        foreach (FrameComponent component in header.Components)
        {
            long width = FrameHeader.DivideUp(header.Width * component.HorizontalSampling, 8 * header.MaxHorizontalSampling);
            long height = FrameHeader.DivideUp(header.Height * component.VerticalSampling, 8 * header.MaxVerticalSampling);
            bits += width * height * (header.IsProgressive ? 1 : 2);
        }
        if (remainingBytes < bits / 8)
            throw JpegErrors.CutShort(name, $"a picture of {header.Width}x{header.Height} takes more than the {remainingBytes} bytes behind its header");
        _header = header;
        _name = name;
        _components = Array.ConvertAll(header.Components, component => new ComponentDecoder(header, component));
    }

    /// <summary>How many scans were decoded.</summary>
    public int Scans { get; private set; }

    /// <summary>Decodes the next scan.</summary>
    /// <param name="segment">Its header.</param>
    /// <param name="data">The file.</param>
    /// <param name="position">Where the scan's bits begin; then, where they end.</param>
    /// <param name="tables">The tables in force.</param>
    public void DecodeScan(ReadOnlySpan<byte> segment, ReadOnlySpan<byte> data, ref int position, DecoderTables tables)
    {
        ScanHeader scan = ScanHeader.Read(segment, _header, _name);
        ComponentDecoder[] components = Array.ConvertAll(scan.Components, component => _components[component.Index]);
        foreach (ComponentDecoder component in components) component.Begin(scan, tables.Quantization, _name);
        ScanDecoder decoder = _header.IsProgressive
            ? new ProgressiveScanDecoder(_header, components, ProgressiveTables(scan, tables), scan, _name)
            : new SequentialScanDecoder(
                _header, components, Array.ConvertAll(scan.Components, c => (tables.Dc(c.DcSlot), tables.Ac(c.AcSlot))), _name);
        _lost = Math.Max(_lost, decoder.Decode(data, ref position, tables.RestartInterval));
        Scans++;
    }

    /// <summary>Makes the samples, where scans have not yet done so, and hands them over.</summary>
    /// <param name="application">What the file says of itself.</param>
    /// <param name="endMarkerSeen">
    /// Whether the end marker was there. Without it a file counts as whole if no bit of any coefficient is missing.
    /// </param>
    public JpegImage Finish(ApplicationSegments application, bool endMarkerSeen)
    {
        foreach (ComponentDecoder component in _components)
        {
            if (!component.HasDc) throw JpegErrors.CutShort(_name, $"component {component.Component.Id} has no scan");
            if (!endMarkerSeen && !component.IsComplete) throw JpegErrors.CutShort(_name, "it ends before its last scans");
        }
        if (_header.IsProgressive)
        {
            foreach (ComponentDecoder component in _components) component.TransformAll();
        }
        return new JpegImage(_header, application.ColorModelOf(_header), Array.ConvertAll(_components, c => c.Samples))
        {
            Orientation = application.Orientation,
            Profile = application.Profile,
            Comment = application.Comment,
            Warning = _lost > 0 ? $"'{_name}' is damaged: {_lost:P1} of a scan was passed over and is gray." : null,
        };
    }

    private static HuffmanTable?[] ProgressiveTables(ScanHeader scan, DecoderTables tables)
    {
        if (scan.SpectralStart > 0) return [tables.Ac(scan.Components[0].AcSlot)];
        bool firstBits = scan.ApproximationHigh == 0;
        return Array.ConvertAll(scan.Components, component => firstBits ? tables.Dc(component.DcSlot) : null);
    }
}
