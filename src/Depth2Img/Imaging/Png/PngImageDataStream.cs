using System.Buffers.Binary;

namespace Depth2Img.Imaging.Png;

/// <summary>Takes compressed bytes and writes them as chunks of up to 64 KiB, so that nothing of the picture's size is held: IDAT, or an animation's numbered fdAT.</summary>
internal sealed class PngImageDataStream : Stream
{
    private const int SequenceLength = 4;

    // The first bytes are kept for fdAT's number.
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly PngChunkWriter _writer;
    private int _count = SequenceLength;

    /// <summary>Writes IDAT.</summary>
    public PngImageDataStream(PngChunkWriter writer) => _writer = writer;

    /// <summary>Writes fdAT.</summary>
    /// <param name="writer">Takes the chunks.</param>
    /// <param name="sequence">The first chunk's number.</param>
    public PngImageDataStream(PngChunkWriter writer, uint sequence) : this(writer) => NextSequence = sequence;

    /// <summary>The number that follows the last fdAT's; null where IDAT is written.</summary>
    public uint? NextSequence { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int part = Math.Min(buffer.Length, _buffer.Length - _count);
            buffer[..part].CopyTo(_buffer.AsSpan(_count));
            _count += part;
            buffer = buffer[part..];
            if (_count == _buffer.Length) WriteChunk();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: a chunk is written when it is full, the last one by <see cref="Complete"/>.</summary>
    public override void Flush()
    {
    }

    /// <summary>Writes what is left.</summary>
    public void Complete()
    {
        if (_count > SequenceLength) WriteChunk();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WriteChunk()
    {
        if (NextSequence is not { } sequence)
        {
            _writer.Write("IDAT"u8, _buffer.AsSpan(SequenceLength.._count));
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(_buffer, sequence);
            _writer.Write("fdAT"u8, _buffer.AsSpan(0, _count));
            NextSequence = sequence + 1;
        }
        _count = SequenceLength;
    }
}
