using System.Buffers.Binary;

namespace Depth2Img.Imaging.Bmp;

/// <summary>
/// Reads BMP: palettes of 1 to 8 bits, runs (RLE4, RLE8), 16, 24 and 32 bits with masks and without, alpha where a mask names it,
/// rows from either end; headers of Windows from version 2 to 5, and OS/2's. Colour spaces and profiles are left alone.
/// </summary>
internal static class BmpDecoder
{
    // Two bytes make 255 pixels of a run.
    private const long MostPixelsAByte = 128;

    /// <summary>Decodes a file. Memory is taken for what the header names, and only when the data could fill it.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="limits">What the header may claim.</param>
    /// <exception cref="Depth2ImgException">The file is cut short, damaged, of a kind that is not read, or above the limits.</exception>
    public static PixelSamples Decode(ReadOnlySpan<byte> file, string name, ImageLimits limits)
    {
        BmpHeader header = BmpHeader.Parse(file, name, limits);
        ReadOnlySpan<byte> data = file[header.DataStart..];
        bool runs = header.Compression is BmpCompression.Rle4 or BmpCompression.Rle8;
        long needed = runs ? (long)header.Width * header.Height / MostPixelsAByte : header.RowBytes * header.Height;
        if (data.Length < needed)
            throw BmpErrors.CutShort(name, $"{header.Width}x{header.Height} pixels take {(runs ? "more than " : "")}{needed} bytes and {data.Length} are there");
        if (runs) return Colored(header, file, RunLengthIndices.Decode(header, data, name), name);
        return header.BitsPerPixel switch
        {
            <= 8 => Colored(header, file, PackedIndices(header, data), name),
            24 => Triples(header, data),
            _ => Words(header, data),
        };
    }

    /// <summary>The stored row of an upright one.</summary>
    private static ReadOnlySpan<byte> Row(BmpHeader header, ReadOnlySpan<byte> data, int y) =>
        data.Slice((int)(header.RowBytes * (header.TopDown ? y : header.Height - 1 - y)), (int)header.RowBytes);

    private static byte[] PackedIndices(BmpHeader header, ReadOnlySpan<byte> data)
    {
        byte[] indices = new byte[header.Width * header.Height];
        int bits = header.BitsPerPixel, mask = (1 << bits) - 1;
        for (int y = 0, to = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = Row(header, data, y);
            for (int x = 0; x < header.Width; x++, to++)
            {
                long bit = (long)x * bits;
                indices[to] = (byte)(row[(int)(bit / 8)] >> (int)(8 - bits - bit % 8) & mask);
            }
        }
        return indices;
    }

    private static PixelSamples Colored(BmpHeader header, ReadOnlySpan<byte> file, byte[] indices, string name)
    {
        ReadOnlySpan<byte> palette = file.Slice(header.PaletteStart, header.PaletteColors * header.PaletteEntryBytes);
        byte[] pixels = new byte[checked(3 * indices.Length)];
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= header.PaletteColors) throw BmpErrors.Broken(name, $"a pixel has the colour {indices[i]} of a palette of {header.PaletteColors}");
            ReadOnlySpan<byte> color = palette.Slice(indices[i] * header.PaletteEntryBytes, 3);
            (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = (color[2], color[1], color[0]);
        }
        return new PixelSamples(header.Width, header.Height, 3, pixels);
    }

    private static PixelSamples Triples(BmpHeader header, ReadOnlySpan<byte> data)
    {
        byte[] pixels = new byte[checked(3 * header.Width * header.Height)];
        for (int y = 0, to = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = Row(header, data, y);
            for (int x = 0; x < 3 * header.Width; x += 3, to += 3) (pixels[to], pixels[to + 1], pixels[to + 2]) = (row[x + 2], row[x + 1], row[x]);
        }
        return new PixelSamples(header.Width, header.Height, 3, pixels);
    }

    private static PixelSamples Words(BmpHeader header, ReadOnlySpan<byte> data)
    {
        BmpMasks masks = header.Masks;
        bool hasAlpha = masks.Alpha != 0 && AnyAlpha(header, data);
        int channels = hasAlpha ? 4 : 3;
        byte[] pixels = new byte[checked(channels * header.Width * header.Height)];
        for (int y = 0, to = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = Row(header, data, y);
            for (int x = 0; x < header.Width; x++, to += channels)
            {
                uint pixel = Word(row, x, header.BitsPerPixel);
                pixels[to] = BmpMasks.Take(pixel, masks.Red);
                pixels[to + 1] = BmpMasks.Take(pixel, masks.Green);
                pixels[to + 2] = BmpMasks.Take(pixel, masks.Blue);
                if (hasAlpha) pixels[to + 3] = BmpMasks.Take(pixel, masks.Alpha);
            }
        }
        return new PixelSamples(header.Width, header.Height, channels, pixels);
    }

    /// <summary>Whether any pixel can be seen: programs that know no alpha leave it 0 all over, and mean an opaque picture.</summary>
    private static bool AnyAlpha(BmpHeader header, ReadOnlySpan<byte> data)
    {
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = Row(header, data, y);
            for (int x = 0; x < header.Width; x++)
            {
                if ((Word(row, x, header.BitsPerPixel) & header.Masks.Alpha) != 0) return true;
            }
        }
        return false;
    }

    private static uint Word(ReadOnlySpan<byte> row, int x, int bits) =>
        bits == 16 ? BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]);
}
