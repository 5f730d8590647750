namespace Depth2Img.Imaging.Png;

/// <summary>Reads pieces of memory one after the other: the inflater's view of several IDAT chunks, which are one stream cut anywhere.</summary>
internal sealed class MemorySliceStream(params IReadOnlyList<ReadOnlyMemory<byte>> slices) : Stream
{
    private int _positionInSlice;

    /// <summary>The slice that was read from last.</summary>
    public int Slice { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_positionInSlice == slices[Slice].Length)
        {
            if (Slice == slices.Count - 1) return 0;
            Slice++;
            _positionInSlice = 0;
        }
        ReadOnlySpan<byte> rest = slices[Slice].Span[_positionInSlice..];
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _positionInSlice += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
