using System.Buffers.Binary;

namespace Depth2Img.Imaging.Png;

/// <summary>IHDR: the size and form of a PNG's samples.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType, bool Interlaced)
{
    /// <summary>IHDR's length in bytes.</summary>
    public const int Length = 13;

    /// <summary>Samples a pixel as stored; a palette's index is one.</summary>
    public int SamplesPerPixel => ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GrayAlpha => 2,
        PngColorType.Rgba => 4,
        _ => 1,
    };

    /// <summary>How far back the filters' left neighbour lies: whole bytes a pixel, at least 1.</summary>
    public int FilterUnit => Math.Max(1, SamplesPerPixel * BitDepth / 8);

    /// <summary>Bytes of a row of so many pixels, without its filter byte.</summary>
    public long RowBytes(int width) => ((long)width * SamplesPerPixel * BitDepth + 7) / 8;

    /// <summary>Bytes of all rows with their filter bytes: what the compressed data must hold.</summary>
    public long DataBytes
    {
        get
        {
            if (!Interlaced) return (RowBytes(Width) + 1) * Height;
            long sum = 0;
            foreach (Adam7.Pass pass in Adam7.Passes)
            {
                (int width, int height) = pass.Size(Width, Height);
                if (width > 0) sum += (RowBytes(width) + 1) * height;
            }
            return sum;
        }
    }

    /// <summary>Reads IHDR and checks it against the standard and the limits.</summary>
    /// <exception cref="Depth2ImgException">A value that the standard does not know, or a size above the limits.</exception>
    public static PngHeader Parse(PngChunk chunk, string name, ImageLimits limits)
    {
        ReadOnlySpan<byte> data = chunk.Data.Span;
        if (data.Length != Length) throw PngError.Corrupt(name, chunk, $"it has {data.Length} bytes instead of {Length}");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        limits.Require(name, width, height);
        int depth = data[8];
        PngColorType type = (PngColorType)data[9];
        bool known = type switch
        {
            PngColorType.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColorType.Palette => depth is 1 or 2 or 4 or 8,
            PngColorType.Rgb or PngColorType.GrayAlpha or PngColorType.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!known) throw PngError.Corrupt(name, chunk, $"colour type {data[9]} with {depth} bits a sample does not exist");
        if (data[10] != 0) throw PngError.Corrupt(name, chunk, $"compression method {data[10]} does not exist");
        if (data[11] != 0) throw PngError.Corrupt(name, chunk, $"filter method {data[11]} does not exist");
        if (data[12] > 1) throw PngError.Corrupt(name, chunk, $"interlace method {data[12]} does not exist");
        return new PngHeader((int)width, (int)height, depth, type, data[12] == 1);
    }

    /// <summary>Writes IHDR's contents.</summary>
    public void Write(Span<byte> data)
    {
        BinaryPrimitives.WriteInt32BigEndian(data, Width);
        BinaryPrimitives.WriteInt32BigEndian(data[4..], Height);
        data[8] = (byte)BitDepth;
        data[9] = (byte)ColorType;
        data[10] = 0;
        data[11] = 0;
        data[12] = (byte)(Interlaced ? 1 : 0);
    }
}
