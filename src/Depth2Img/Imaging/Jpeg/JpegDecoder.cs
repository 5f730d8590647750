namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// Reads JPEG files (ITU-T T.81): baseline, extended sequential and progressive, 8 bits, Huffman-coded, grayscale, YCbCr,
/// RGB, CMYK and YCCK, any sampling factors. Undamaged files give the pixels that libjpeg-turbo gives.
/// </summary>
internal static class JpegDecoder
{
    // Encoders make about ten. Scans can be nearly empty and still cost a walk over the whole picture.
    private const int MaxProgressiveScans = 100;

    /// <summary>Decodes a file.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="limits">What the header may claim.</param>
    /// <exception cref="Depth2ImgException">
    /// No JPEG, one of a kind that is not supported, broken, cut short or too large.
    /// </exception>
    public static JpegImage Decode(ReadOnlySpan<byte> data, string name, ImageLimits limits)
    {
        MarkerReader reader = new(data, name);
        DecoderTables tables = new(name);
        ApplicationSegments application = new(limits.MaxTextBytes);
        FrameDecoder? frame = null;
        byte marker;
        while (reader.TryNext(out marker) && marker != JpegMarker.EndOfImage)
        {
            // Second starts and lone restart markers occur in the wild between segments, and mean nothing there.
            if (JpegMarker.StandsAlone(marker)) continue;
            ReadOnlySpan<byte> segment = reader.Segment(marker);
            if (JpegMarker.IsFrame(marker))
            {
                if (frame is not null) throw JpegErrors.Broken(name, "it has a second frame header");
                FrameHeader header = FrameHeader.Read(marker, segment, name);
                limits.Require(name, header.Width, header.Height);
                frame = new FrameDecoder(header, data.Length - reader.Position, name);
            }
            else if (marker == JpegMarker.StartOfScan)
            {
                if (frame is null) throw JpegErrors.Broken(name, "a scan comes before the frame header");
                if (frame.Scans == MaxProgressiveScans) throw JpegErrors.Broken(name, $"it has more than {MaxProgressiveScans} scans");
                int position = reader.Position;
                frame.DecodeScan(segment, data, ref position, tables);
                reader.Position = position;
            }
            else if (!tables.TryRead(marker, segment))
            {
                application.Read(marker, segment);
            }
        }
        if (frame is null) throw JpegErrors.CutShort(name, "it ends before the frame header");
        return frame.Finish(application, endMarkerSeen: marker == JpegMarker.EndOfImage);
    }

    /// <summary>Reads a picture's size from its header.</summary>
    /// <param name="data">The file, or as much of it as there is up to the frame header.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <returns>Columns and rows as stored, before the EXIF orientation.</returns>
    /// <exception cref="Depth2ImgException">No JPEG, one of a kind that is not supported, or no frame header.</exception>
    public static (int Width, int Height) Identify(ReadOnlySpan<byte> data, string name)
    {
        MarkerReader reader = new(data, name);
        while (reader.TryNext(out byte marker) && marker is not (JpegMarker.EndOfImage or JpegMarker.StartOfScan))
        {
            if (JpegMarker.StandsAlone(marker)) continue;
            ReadOnlySpan<byte> segment = reader.Segment(marker);
            if (!JpegMarker.IsFrame(marker)) continue;
            FrameHeader frame = FrameHeader.Read(marker, segment, name);
            return (frame.Width, frame.Height);
        }
        throw JpegErrors.CutShort(name, "it has no frame header");
    }
}
