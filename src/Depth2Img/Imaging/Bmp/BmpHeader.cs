using System.Buffers.Binary;

namespace Depth2Img.Imaging.Bmp;

/// <summary>The head of a BMP: the file header of 14 bytes and one of the headers of Windows or OS/2 behind it.</summary>
internal sealed record BmpHeader(int Width, int Height, bool TopDown, int BitsPerPixel, BmpCompression Compression, BmpMasks Masks, int PaletteStart, int PaletteColors, int PaletteEntryBytes, int DataStart)
{
    private const int FileHeaderLength = 14, CoreLength = 12, InfoLength = 40;

    /// <summary>Bytes of an uncompressed row, a multiple of 4.</summary>
    public long RowBytes => ((long)Width * BitsPerPixel + 31) / 32 * 4;

    /// <summary>Whether a file begins as a BMP does: its letters and a header of a length that exists.</summary>
    public static bool Matches(ReadOnlySpan<byte> file) =>
        file.Length >= FileHeaderLength + 4 && file.StartsWith("BM"u8)
        && BinaryPrimitives.ReadInt32LittleEndian(file[FileHeaderLength..]) is CoreLength or 16 or InfoLength or 52 or 56 or 64 or 108 or 124;

    /// <summary>Reads the head and checks it against the limits.</summary>
    /// <exception cref="Depth2ImgException">It is cut short, of a kind that is not read, or above the limits.</exception>
    public static BmpHeader Parse(ReadOnlySpan<byte> file, string name, ImageLimits limits)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(file[FileHeaderLength..]);
        if (file.Length < FileHeaderLength + length) throw BmpErrors.CutShort(name, "it ends inside its header");
        ReadOnlySpan<byte> info = file[FileHeaderLength..];
        bool core = length == CoreLength;
        long width = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        int planes = BinaryPrimitives.ReadUInt16LittleEndian(info[(core ? 8 : 12)..]), bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(core ? 10 : 14)..]);
        limits.Require(name, width, Math.Abs(height));
        if (planes != 1) throw BmpErrors.Broken(name, $"it has {planes} planes instead of 1");
        if (bits is not (1 or 2 or 4 or 8 or 16 or 24 or 32)) throw BmpErrors.Broken(name, $"{bits} bits a pixel do not exist");

        BmpCompression compression = core || length == 16 ? BmpCompression.None : CompressionOf(BinaryPrimitives.ReadUInt32LittleEndian(info[16..]), bits, length, name);
        int masksBehind = length == InfoLength ? compression switch { BmpCompression.BitFields => 12, BmpCompression.AlphaBitFields => 16, _ => 0 } : 0;
        if (info.Length < length + masksBehind) throw BmpErrors.CutShort(name, "it ends inside its header");
        bool fields = compression is BmpCompression.BitFields or BmpCompression.AlphaBitFields;
        BmpMasks masks = fields ? BmpMasks.Read(info[InfoLength..], hasAlpha: length + masksBehind >= 56, bits, name) : BmpMasks.Default(bits);

        int paletteStart = FileHeaderLength + length + masksBehind, entry = core ? 3 : 4;
        uint colors = length < InfoLength ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[32..]);
        uint dataStart = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        if (dataStart < paletteStart || dataStart > file.Length) throw BmpErrors.CutShort(name, $"its pixels begin at byte {dataStart} and it has {file.Length} bytes");
        // Files often name more colours, or fewer, than lie between header and pixels.
        uint room = (dataStart - (uint)paletteStart) / (uint)entry, most = bits <= 8 ? 1u << bits : 0;
        int count = (int)Math.Min(colors == 0 ? most : Math.Min(colors, most), room);
        if (bits <= 8 && count == 0) throw BmpErrors.Broken(name, "it has no palette for its pixels");
        return new BmpHeader((int)width, (int)Math.Abs(height), height < 0, bits, compression, masks, paletteStart, count, entry, (int)dataStart);
    }

    private static BmpCompression CompressionOf(uint value, int bits, int headerLength, string name) => (value, bits) switch
    {
        (0, _) => BmpCompression.None,
        (1, 8) => BmpCompression.Rle8,
        (2, 4) => BmpCompression.Rle4,
        // In OS/2's own header these numbers are other methods.
        (3, 16 or 32) when headerLength != 64 => BmpCompression.BitFields,
        (6, 16 or 32) when headerLength != 64 => BmpCompression.AlphaBitFields,
        _ => throw new Depth2ImgException($"'{name}' is a BMP of {bits} bits a pixel with compression {value}, which is not read; save it as PNG or JPEG."),
    };
}
