using System.Buffers.Binary;
using System.Text;

namespace Depth2Img.Imaging.Png;

/// <summary>Walks through a PNG's chunks and checks length, type and checksum of each.</summary>
internal sealed class PngChunkReader
{
    private const int Overhead = 12;

    private readonly ReadOnlyMemory<byte> _data;
    private readonly string _name;
    private int _position;

    /// <summary>Starts behind the signature.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="Depth2ImgException">The signature is not PNG's.</exception>
    public PngChunkReader(ReadOnlyMemory<byte> data, string name)
    {
        if (!data.Span.StartsWith(Signature)) throw new Depth2ImgException($"'{name}' is no PNG: its first eight bytes are others.");
        _data = data;
        _name = name;
        _position = Signature.Length;
    }

    /// <summary>A PNG's first eight bytes.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the next chunk. There is always one: the caller stops at IEND.</summary>
    /// <exception cref="Depth2ImgException">The file ends here, or the chunk is broken.</exception>
    public PngChunk Next()
    {
        int offset = _position;
        ReadOnlySpan<byte> rest = _data.Span[offset..];
        if (rest.Length < 8)
            throw PngError.Truncated(_name, offset, rest.IsEmpty ? "a chunk is missing (IEND is the last)" : "the file ends inside a chunk's head");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        string type = ReadType(rest.Slice(4, 4), offset);
        if (length > int.MaxValue - Overhead) throw PngError.Corrupt(_name, offset, $"a chunk {type} of {length} bytes is longer than the standard allows");
        if (rest.Length < (int)length + Overhead)
            throw PngError.Truncated(_name, offset, $"{type} takes {length + Overhead} bytes and {rest.Length} are left");

        PngChunk chunk = new(type, _data.Slice(offset + 8, (int)length), offset);
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
        uint computed = Crc32.Append(0, rest.Slice(4, 4 + (int)length));
        if (stored != computed) throw PngError.Corrupt(_name, chunk, $"its checksum is {computed:x8} where {stored:x8} is stored, so the file was damaged");
        _position = offset + (int)length + Overhead;
        return chunk;
    }

    private string ReadType(ReadOnlySpan<byte> type, int offset)
    {
        foreach (byte letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
                throw PngError.Corrupt(_name, offset, $"a chunk's name should be here, four letters, and the bytes are {Convert.ToHexStringLower(type)}");
        }
        return Encoding.ASCII.GetString(type);
    }
}
