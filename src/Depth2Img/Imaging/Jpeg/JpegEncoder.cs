using System.Buffers.Binary;
using System.Text;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>Writes baseline JPEG files in YCbCr (JFIF), with Huffman tables made for the picture.</summary>
internal static class JpegEncoder
{
    private const int MaxSide = 65_500;

    /// <summary>Writes a picture. Transparency is not kept: JPEG has none.</summary>
    /// <param name="stream">Where to; it is written front to back, and stays open.</param>
    /// <param name="image">The picture.</param>
    /// <param name="options">How.</param>
    /// <exception cref="Depth2ImgException">The picture is larger than JPEG allows.</exception>
    public static void Encode(Stream stream, Image image, JpegEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(options);
        if (image.Width > MaxSide || image.Height > MaxSide)
            throw new Depth2ImgException($"A picture of {image.Width}x{image.Height} does not fit a JPEG, whose sides have at most {MaxSide} pixels; write a PNG.");

        ChromaSubsampling subsampling = options.Subsampling ?? (options.Quality < 90 ? ChromaSubsampling.Both : ChromaSubsampling.None);
        int scaleX = subsampling == ChromaSubsampling.None ? 1 : 2;
        int scaleY = subsampling == ChromaSubsampling.Both ? 2 : 1;
        int mcusWide = FrameHeader.DivideUp(image.Width, 8 * scaleX);
        int mcusHigh = FrameHeader.DivideUp(image.Height, 8 * scaleY);
        QuantizationTable luminance = QuantizationTable.Luminance(options.Quality);
        QuantizationTable chrominance = QuantizationTable.Chrominance(options.Quality);
        EncoderComponent[] components =
        [
            new(scaleX, scaleY, mcusWide, mcusHigh, luminance, tableSlot: 0),
            new(1, 1, mcusWide, mcusHigh, chrominance, tableSlot: 1),
            new(1, 1, mcusWide, mcusHigh, chrominance, tableSlot: 1),
        ];
        Transform(image, components, mcusWide, mcusHigh);

        int[][] frequencies = [new int[256], new int[256], new int[256], new int[256]];
        CodeMcus(components, mcusWide, mcusHigh, new SymbolCounter(frequencies));
        HuffmanCode[] codes = Array.ConvertAll(frequencies, f => new HuffmanCode(f));

        WriteHeaders(stream, image, options, [luminance, chrominance], components, codes);
        BitWriter writer = new(stream);
        CodeMcus(components, mcusWide, mcusHigh, new SymbolWriter(codes, writer));
        writer.Finish();
        stream.Write([0xFF, JpegMarker.EndOfImage]);
    }

    /// <summary>Goes through the picture by rows of MCUs; what MCUs have beyond the edges repeats the last pixels.</summary>
    private static void Transform(Image image, EncoderComponent[] components, int mcusWide, int mcusHigh)
    {
        int maxX = components[0].HorizontalSampling, maxY = components[0].VerticalSampling;
        int stride = mcusWide * 8 * maxX, rows = 8 * maxY;
        float[][] strips = [new float[stride * rows], new float[stride * rows], new float[stride * rows]];
        for (int mcuY = 0; mcuY < mcusHigh; mcuY++)
        {
            for (int y = 0; y < rows; y++)
            {
                int sourceY = Math.Min((mcuY * rows) + y, image.Height - 1);
                ReadOnlySpan<byte> source = image.Pixels.AsSpan(3 * image.Width * sourceY, 3 * image.Width);
                Span<float> luma = strips[0].AsSpan(y * stride, stride), cb = strips[1].AsSpan(y * stride, stride), cr = strips[2].AsSpan(y * stride, stride);
                ColorConversion.RgbToYCbCr(source, luma, cb, cr);
                luma[image.Width..].Fill(luma[image.Width - 1]);
                cb[image.Width..].Fill(cb[image.Width - 1]);
                cr[image.Width..].Fill(cr[image.Width - 1]);
            }
            for (int i = 0; i < components.Length; i++)
            {
                EncoderComponent component = components[i];
                component.EncodeMcuRow(mcuY, strips[i], stride, maxX / component.HorizontalSampling, maxY / component.VerticalSampling);
            }
        }
    }

    private static void CodeMcus<TSink>(EncoderComponent[] components, int mcusWide, int mcusHigh, TSink sink)
        where TSink : ISymbolSink
    {
        Span<int> predictions = stackalloc int[components.Length];
        for (int mcuY = 0; mcuY < mcusHigh; mcuY++)
        {
            for (int mcuX = 0; mcuX < mcusWide; mcuX++)
            {
                for (int i = 0; i < components.Length; i++)
                {
                    EncoderComponent component = components[i];
                    for (int v = 0; v < component.VerticalSampling; v++)
                    {
                        for (int h = 0; h < component.HorizontalSampling; h++)
                        {
                            ReadOnlySpan<short> block = component.Block((mcuX * component.HorizontalSampling) + h, (mcuY * component.VerticalSampling) + v);
                            BlockCoder.Code(block, ref predictions[i], 2 * component.TableSlot, (2 * component.TableSlot) + 1, sink);
                        }
                    }
                }
            }
        }
    }

    private static void WriteHeaders(
        Stream stream, Image image, JpegEncoderOptions options, QuantizationTable[] quantization, EncoderComponent[] components, HuffmanCode[] codes)
    {
        stream.Write([0xFF, JpegMarker.StartOfImage]);
        // JFIF 1.01, square pixels of no particular size, no thumbnail.
        WriteSegment(stream, JpegMarker.App0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        if (options.Profile is not null)
        {
            foreach (byte[] part in JpegProfile.Segments(options.Profile)) WriteSegment(stream, JpegMarker.App2, part);
        }
        foreach (byte[] part in Encoding.UTF8.GetBytes(options.Comment ?? "").Chunk(ApplicationSegments.MaxSegment))
            WriteSegment(stream, JpegMarker.Comment, part);
        for (int slot = 0; slot < quantization.Length; slot++)
        {
            byte[] steps = Array.ConvertAll(quantization[slot].Steps.ToArray(), step => (byte)step);
            WriteSegment(stream, JpegMarker.QuantizationTables, [(byte)slot, .. steps]);
        }

        byte[] frame = new byte[6 + 3 * components.Length];
        frame[0] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)image.Height);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(3), (ushort)image.Width);
        frame[5] = (byte)components.Length;
        byte[] scan = new byte[4 + 2 * components.Length];
        scan[0] = (byte)components.Length;
        scan[^2] = 63;
        for (int i = 0; i < components.Length; i++)
        {
            EncoderComponent component = components[i];
            byte id = (byte)(i + 1), slot = (byte)component.TableSlot;
            frame[6 + 3 * i] = id;
            frame[7 + 3 * i] = (byte)(component.HorizontalSampling << 4 | component.VerticalSampling);
            frame[8 + 3 * i] = slot;
            scan[1 + 2 * i] = id;
            scan[2 + 2 * i] = (byte)(slot << 4 | slot);
        }
        WriteSegment(stream, JpegMarker.BaselineFrame, frame);
        for (int i = 0; i < codes.Length; i++)
            WriteSegment(stream, JpegMarker.HuffmanTables, [(byte)((i % 2 << 4) | (i / 2)), .. codes[i].ToTable()]);
        WriteSegment(stream, JpegMarker.StartOfScan, scan);
    }

    private static void WriteSegment(Stream stream, byte marker, ReadOnlySpan<byte> content)
    {
        Span<byte> head = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(content.Length + 2));
        stream.Write(head);
        stream.Write(content);
    }
}
