using System.IO.Compression;

namespace Depth2Img.Imaging.Png;

/// <summary>
/// Reads PNG (ISO/IEC 15948): all colour types and depths, transparency, interlacing, texts, profile, EXIF
/// orientation. Gamma and profile are not applied: samples come out as stored.
/// </summary>
internal static class PngDecoder
{
    // Deflate cannot do better: a match of 258 bytes takes two bits at least.
    private const long MaxCompression = 1032;

    /// <summary>Reads the header alone.</summary>
    /// <exception cref="Depth2ImgException">The header is missing, broken or above the limits.</exception>
    public static PngHeader Identify(ReadOnlyMemory<byte> data, string name, ImageLimits limits) =>
        PngContents.ReadHeader(new PngChunkReader(data, name), name, limits);

    /// <summary>Decodes a whole file. Memory is taken for what the header names, and only when the data could fill it.</summary>
    /// <param name="data">The file.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="limits">What the header may claim.</param>
    /// <exception cref="Depth2ImgException">The file is cut short, damaged, no PNG by the standard, or above the limits.</exception>
    public static PngImage Decode(ReadOnlyMemory<byte> data, string name, ImageLimits limits)
    {
        PngContents contents = PngContents.Read(data, name, limits);
        PngHeader header = contents.Header;
        long compressed = contents.ImageData.Sum(chunk => (long)chunk.Data.Length);
        if (header.DataBytes > compressed * MaxCompression)
            throw PngError.Corrupt(name, contents.ImageData[0], $"{compressed} bytes of image data cannot hold {header.Width}x{header.Height} pixels");

        PngUnpacker unpacker = new(header, contents.Palette, contents.Transparency);
        int count = checked(header.Width * header.Height * unpacker.Channels);
        PixelSamples samples = header.BitDepth == 16
            ? new PixelSamples(header.Width, header.Height, unpacker.Channels, new ushort[count])
            : new PixelSamples(header.Width, header.Height, unpacker.Channels, new byte[count]);

        using RowReader rows = new(contents, name);
        if (header.Interlaced)
        {
            foreach (Adam7.Pass pass in Adam7.Passes) ReadPass(rows, pass, unpacker, samples, header);
        }
        else
        {
            ReadPass(rows, new Adam7.Pass(0, 0, 1, 1), unpacker, samples, header);
        }
        rows.RequireChecksum();
        return new PngImage(header, samples, contents.Orientation, contents.Profile, contents.Text);
    }

    /// <summary>Reads one grid of pixels: all of them, or those of one of the interlacing's passes.</summary>
    private static void ReadPass(RowReader rows, Adam7.Pass pass, PngUnpacker unpacker, PixelSamples samples, PngHeader header)
    {
        (int width, int height) = pass.Size(header.Width, header.Height);
        if (width == 0) return;
        rows.Begin((int)header.RowBytes(width), header.FilterUnit);
        int channels = unpacker.Channels;
        bool dense = pass.ColumnStep == 1;
        byte[] bytes = !dense && samples.Bytes is not null ? new byte[width * channels] : [];
        ushort[] words = !dense && samples.Words is not null ? new ushort[width * channels] : [];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = rows.Next();
            int start = ((pass.Row + y * pass.RowStep) * header.Width + pass.Column) * channels;
            if (samples.Words is not null)
            {
                Span<ushort> target = dense ? samples.Words.AsSpan(start, width * channels) : words;
                unpacker.Unpack(row, target);
                if (!dense) Scatter(words, samples.Words.AsSpan(start), channels, pass.ColumnStep);
            }
            else
            {
                Span<byte> target = dense ? samples.Bytes!.AsSpan(start, width * channels) : bytes;
                if (!unpacker.Unpack(row, target)) throw rows.Corrupt("a pixel's index lies outside the palette");
                if (!dense) Scatter(bytes, samples.Bytes!.AsSpan(start), channels, pass.ColumnStep);
            }
        }
    }

    private static void Scatter<T>(ReadOnlySpan<T> pixels, Span<T> row, int channels, int step)
    {
        for (int from = 0, to = 0; from < pixels.Length; from += channels, to += channels * step)
            pixels.Slice(from, channels).CopyTo(row[to..]);
    }

    /// <summary>Inflates and unfilters row after row. Never inflates more than the header implies.</summary>
    private sealed class RowReader : IDisposable
    {
        private readonly PngContents _contents;
        private readonly string _name;
        private readonly MemorySliceStream _compressed;
        private readonly ZLibStream _inflater;
        private byte[] _row = [];
        private byte[] _above = [];
        private int _unit;

        public RowReader(PngContents contents, string name)
        {
            _contents = contents;
            _name = name;
            _compressed = new MemorySliceStream([.. contents.ImageData.Select(chunk => chunk.Data)]);
            _inflater = new ZLibStream(_compressed, CompressionMode.Decompress);
        }

        /// <summary>Starts a grid of rows of so many bytes; there is nothing above its first.</summary>
        public void Begin(int rowBytes, int unit)
        {
            _row = new byte[rowBytes + 1];
            _above = new byte[rowBytes + 1];
            _unit = unit;
        }

        /// <summary>The next row's bytes, valid until the next call.</summary>
        public ReadOnlySpan<byte> Next()
        {
            (_row, _above) = (_above, _row);
            try
            {
                if (_inflater.ReadAtLeast(_row, _row.Length, throwOnEndOfStream: false) < _row.Length)
                    throw Corrupt("the image data end before the last row");
            }
            catch (Exception e) when (ZLibDamage.Is(e))
            {
                throw Corrupt("the compressed data are damaged", e);
            }
            int filter = _row[0];
            if (filter > (int)PngFilter.Paeth) throw Corrupt($"row filter {filter} does not exist");
            Span<byte> row = _row.AsSpan(1);
            PngUnfilter.Restore((PngFilter)filter, row, _above.AsSpan(1), _unit);
            return row;
        }

        /// <summary>Reads past the last row, which makes the inflater compare its checksum. Surplus data are let be, as other readers do.</summary>
        public void RequireChecksum()
        {
            try
            {
                _ = _inflater.ReadByte();
            }
            catch (Exception e) when (ZLibDamage.Is(e))
            {
                throw Corrupt("the compressed data are damaged", e);
            }
        }

        public Depth2ImgException Corrupt(string what, Exception? cause = null) =>
            PngError.Corrupt(_name, _contents.ImageData[_compressed.Slice], what, cause);

        public void Dispose()
        {
            _inflater.Dispose();
            _compressed.Dispose();
        }
    }
}
