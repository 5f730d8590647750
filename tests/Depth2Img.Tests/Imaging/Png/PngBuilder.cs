using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Depth2Img.Tests.Imaging.Png;

/// <summary>
/// Makes PNG files of any form from plain samples, with code that shares nothing with the product's: pixels are
/// packed bit by bit, filters follow the standard's formulas, checksums are computed bit by bit.
/// </summary>
internal sealed class PngBuilder(int width, int height, int colorType, int depth, ushort[] samples)
{
    public bool Interlaced { get; init; }

    public byte[]? Palette { get; init; }

    public byte[]? Transparency { get; init; }

    /// <summary>The filter of each row, over and over.</summary>
    public int[] Filters { get; init; } = [0, 1, 2, 3, 4];

    /// <summary>Bytes of an IDAT chunk.</summary>
    public int ImageDataLength { get; init; } = 1000;

    /// <summary>Chunks to stand before the image data.</summary>
    public IReadOnlyList<(string Type, byte[] Data)> Extra { get; init; } = [];

    private int Channels => colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>A form with samples that use every value and look like a gradient with noise.</summary>
    public static ushort[] Samples(int width, int height, int channels, int depth, int mostValue = int.MaxValue)
    {
        ushort[] values = new ushort[width * height * channels];
        System.Random random = new(width * 31 + height * 7 + channels + depth);
        int most = Math.Min(mostValue, (1 << depth) - 1);
        for (int i = 0; i < values.Length; i++)
        {
            int ramp = (int)((long)most * (i % (width * channels)) / (width * channels));
            values[i] = (ushort)Math.Clamp(ramp + random.Next(-most / 8 - 1, most / 8 + 2), 0, most);
        }
        return values;
    }

    public byte[] Build() => Assemble(Chunks());

    /// <summary>The chunks, to be changed and assembled by tests of broken files.</summary>
    public List<(string Type, byte[] Data)> Chunks()
    {
        List<(string, byte[])> chunks = [("IHDR", Header(width, height, depth, colorType, interlace: Interlaced ? 1 : 0))];
        if (Palette is not null) chunks.Add(("PLTE", Palette));
        if (Transparency is not null) chunks.Add(("tRNS", Transparency));
        chunks.AddRange(Extra);
        chunks.AddRange(Compress(FilteredRows()).Chunk(ImageDataLength).Select(part => ("IDAT", part)));
        chunks.Add(("IEND", []));
        return chunks;
    }

    public static byte[] Header(int width, int height, int depth, int colorType, int compression = 0, int filter = 0, int interlace = 0)
    {
        byte[] data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9], data[10], data[11], data[12]) = ((byte)depth, (byte)colorType, (byte)compression, (byte)filter, (byte)interlace);
        return data;
    }

    public static byte[] Assemble(IEnumerable<(string Type, byte[] Data)> chunks)
    {
        using MemoryStream file = new();
        file.Write([137, 80, 78, 71, 13, 10, 26, 10]);
        foreach ((string type, byte[] data) in chunks)
        {
            byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. data];
            byte[] number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.Write(number);
            file.Write(typed);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typed));
            file.Write(number);
        }
        return file.ToArray();
    }

    public static byte[] Compress(byte[] data)
    {
        using MemoryStream compressed = new();
        using (ZLibStream deflater = new(compressed, CompressionLevel.Fastest, leaveOpen: true)) deflater.Write(data);
        return compressed.ToArray();
    }

    private byte[] FilteredRows()
    {
        List<byte> rows = [];
        (int X, int Y, int StepX, int StepY)[] passes = Interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        int unit = Math.Max(1, Channels * depth / 8);
        foreach (var pass in passes)
        {
            byte[] above = [];
            int row = 0;
            for (int y = pass.Y; y < height; y += pass.StepY)
            {
                if (pass.X >= width) continue;
                byte[] packed = PackRow(y, pass.X, pass.StepX);
                int filter = Filters[row++ % Filters.Length];
                rows.Add((byte)filter);
                for (int i = 0; i < packed.Length; i++)
                {
                    int a = i >= unit ? packed[i - unit] : 0;
                    int b = above.Length > 0 ? above[i] : 0;
                    int c = above.Length > 0 && i >= unit ? above[i - unit] : 0;
                    rows.Add((byte)(packed[i] - filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, 4 => Paeth(a, b, c), _ => 0 }));
                }
                above = packed;
            }
        }
        return [.. rows];
    }

    private byte[] PackRow(int y, int firstX, int step)
    {
        List<bool> bits = [];
        for (int x = firstX; x < width; x += step)
        {
            for (int c = 0; c < Channels; c++)
            {
                int value = samples[(y * width + x) * Channels + c];
                for (int bit = depth - 1; bit >= 0; bit--) bits.Add((value >> bit & 1) != 0);
            }
        }
        byte[] bytes = new byte[(bits.Count + 7) / 8];
        for (int i = 0; i < bits.Count; i++)
        {
            if (bits[i]) bytes[i / 8] |= (byte)(0x80 >> (i % 8));
        }
        return bytes;
    }

    private static int Paeth(int a, int b, int c)
    {
        int p = a + b - c;
        int nearest = Math.Min(Math.Abs(p - a), Math.Min(Math.Abs(p - b), Math.Abs(p - c)));
        return Math.Abs(p - a) == nearest ? a : Math.Abs(p - b) == nearest ? b : c;
    }

    private static uint Crc(byte[] data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return crc ^ 0xFFFFFFFF;
    }
}
