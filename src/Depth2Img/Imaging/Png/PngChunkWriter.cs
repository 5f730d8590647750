using System.Buffers.Binary;

namespace Depth2Img.Imaging.Png;

/// <summary>Writes PNG's signature and chunks.</summary>
internal sealed class PngChunkWriter
{
    private readonly Stream _stream;

    public PngChunkWriter(Stream stream)
    {
        _stream = stream;
        stream.Write(PngChunkReader.Signature);
    }

    /// <summary>Writes one chunk.</summary>
    /// <param name="type">Its four letters.</param>
    /// <param name="data">Its contents.</param>
    public void Write(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        _stream.Write(number);
        _stream.Write(type);
        _stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Append(0, type), data));
        _stream.Write(number);
    }
}
