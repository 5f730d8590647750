using System.Buffers.Binary;

namespace Depth2Img.Tests.Imaging.Bmp;

/// <summary>Makes BMP files of any kind, by the format's description.</summary>
internal sealed record BmpBuilder(int Width, int Height, int Bits)
{
    public int HeaderLength { get; init; } = 40;

    public uint Compression { get; init; }

    public bool TopDown { get; init; }

    /// <summary>Red, green, blue, alpha; as many as the header and the compression call for.</summary>
    public uint[] Masks { get; init; } = [];

    public (byte R, byte G, byte B)[] Palette { get; init; } = [];

    /// <summary>Number of colours in the header; 0 is usual for a whole palette.</summary>
    public uint ColorsUsed { get; init; }

    /// <summary>A row as it lies in the file, without its padding, by the row's number from the top.</summary>
    public Func<int, byte[]> Row { get; init; } = _ => [];

    /// <summary>Takes the place of rows.</summary>
    public byte[]? Data { get; init; }

    public byte[] Build()
    {
        bool core = HeaderLength == 12;
        byte[] header = new byte[HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, HeaderLength);
        if (core)
        {
            BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(4), (short)Width);
            BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(6), (short)Height);
            (header[8], header[10]) = (1, (byte)Bits);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), Width);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), TopDown ? -Height : Height);
            (header[12], header[14]) = (1, (byte)Bits);
            if (HeaderLength > 16) BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), Compression);
            if (HeaderLength >= 40) BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(32), ColorsUsed);
        }
        byte[] masks = [.. Masks.SelectMany(BitConverter.GetBytes)];
        if (HeaderLength > 40) masks.CopyTo(header, 40);
        byte[] palette = [.. Palette.SelectMany(c => core ? new[] { c.B, c.G, c.R } : [c.B, c.G, c.R, (byte)0])];
        byte[] front = [.. header, .. HeaderLength == 40 ? masks : [], .. palette];
        byte[] pixels = Data ?? [.. Enumerable.Range(0, Height).Select(y => Row(TopDown ? y : Height - 1 - y)).SelectMany(row => row.Concat(new byte[(4 - row.Length % 4) % 4]))];
        byte[] file = [(byte)'B', (byte)'M', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. front, .. pixels];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 14 + front.Length);
        return file;
    }
}
