using System.Buffers.Binary;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>One colour component as the frame header names it.</summary>
/// <param name="Id">What scans call it by.</param>
/// <param name="HorizontalSampling">Samples a row, 1..4, relative to the other components.</param>
/// <param name="VerticalSampling">Rows, 1..4, relative to the other components.</param>
/// <param name="QuantizationSlot">Which quantisation table holds for it, 0..3.</param>
internal readonly record struct FrameComponent(byte Id, int HorizontalSampling, int VerticalSampling, int QuantizationSlot);

/// <summary>The frame header (SOF): size, coding process and components of a picture.</summary>
internal sealed class FrameHeader
{
    private FrameHeader(int width, int height, bool isProgressive, FrameComponent[] components)
    {
        Width = width;
        Height = height;
        IsProgressive = isProgressive;
        Components = components;
        foreach (FrameComponent component in components)
        {
            MaxHorizontalSampling = Math.Max(MaxHorizontalSampling, component.HorizontalSampling);
            MaxVerticalSampling = Math.Max(MaxVerticalSampling, component.VerticalSampling);
        }
    }

    public int Width { get; }

    public int Height { get; }

    public bool IsProgressive { get; }

    public FrameComponent[] Components { get; }

    public int MaxHorizontalSampling { get; }

    public int MaxVerticalSampling { get; }

    /// <summary>How many MCUs an interleaved scan has in a row.</summary>
    public int McusWide => DivideUp(Width, 8 * MaxHorizontalSampling);

    /// <summary>How many rows of MCUs an interleaved scan has.</summary>
    public int McusHigh => DivideUp(Height, 8 * MaxVerticalSampling);

    /// <summary>Reads an SOF segment.</summary>
    /// <exception cref="Depth2ImgException">A coding process that is not supported, or a header that cannot be.</exception>
    public static FrameHeader Read(byte marker, ReadOnlySpan<byte> segment, string name)
    {
        if (marker is not (JpegMarker.BaselineFrame or JpegMarker.ExtendedFrame or JpegMarker.ProgressiveFrame))
            throw JpegErrors.Unsupported(name, $"a JPEG of the {JpegMarker.ProcessOf(marker)} kind");
        if (segment.Length < 6) throw JpegErrors.Broken(name, "its frame header is too short");
        int precision = segment[0];
        if (precision != 8) throw JpegErrors.Unsupported(name, $"a JPEG of {precision} bits a sample");
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        int count = segment[5];
        if (width == 0) throw JpegErrors.Broken(name, "its width is 0");
        if (height == 0) throw JpegErrors.Unsupported(name, "a JPEG that tells its height only after the first scan (DNL)");
        if (count is not (1 or 3 or 4)) throw JpegErrors.Unsupported(name, $"a JPEG of {count} colour components");
        if (segment.Length != 6 + 3 * count)
            throw JpegErrors.Broken(name, $"its frame header has {segment.Length} bytes where {count} components take {6 + 3 * count}");

        FrameComponent[] components = new FrameComponent[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = segment.Slice(6 + 3 * i, 3);
            FrameComponent component = new(entry[0], entry[1] >> 4, entry[1] & 15, entry[2]);
            if (component.HorizontalSampling is < 1 or > 4 || component.VerticalSampling is < 1 or > 4)
                throw JpegErrors.Broken(name, $"a component has the sampling factors {component.HorizontalSampling}x{component.VerticalSampling}; 1 to 4 exist");
            if (component.QuantizationSlot > 3)
                throw JpegErrors.Broken(name, $"a component names the quantisation table {component.QuantizationSlot}; 0 to 3 exist");
            if (Array.Exists(components[..i], c => c.Id == component.Id))
                throw JpegErrors.Broken(name, $"two components have the number {component.Id}");
            components[i] = component;
        }
        return new FrameHeader(width, height, marker == JpegMarker.ProgressiveFrame, components);
    }

    public static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;
}
