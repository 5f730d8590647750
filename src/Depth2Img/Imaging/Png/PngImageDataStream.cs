namespace Depth2Img.Imaging.Png;

/// <summary>Takes compressed bytes and writes them as IDAT chunks of up to 64 KiB, so that nothing of the picture's size is held.</summary>
internal sealed class PngImageDataStream(PngChunkWriter writer) : Stream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _count;

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
        if (_count > 0) WriteChunk();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WriteChunk()
    {
        writer.Write("IDAT"u8, _buffer.AsSpan(0, _count));
        _count = 0;
    }
}
