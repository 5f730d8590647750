namespace Depth2Img.IO;

/// <summary>Counts what comes out of a stream whose length nobody knows, so that it cannot fill memory.</summary>
/// <param name="name">What to call the stream in messages.</param>
/// <param name="maxBytes">The most bytes that are taken.</param>
internal sealed class BoundedCopy(string name, long maxBytes)
{
    /// <summary>Bytes to read at a time.</summary>
    public const int BufferBytes = 1 << 16;

    private readonly long _maxBytes = Math.Min(maxBytes, Array.MaxLength);
    private long _bytes;

    /// <summary>Keeps a piece.</summary>
    /// <exception cref="Depth2ImgException">It is more than may be taken in all.</exception>
    public void Append(MemoryStream copy, ReadOnlySpan<byte> piece)
    {
        _bytes += piece.Length;
        if (_bytes > _maxBytes) throw new Depth2ImgException($"'{name}' has more than {_maxBytes} bytes, which is the most that is read.");
        copy.Write(piece);
    }
}
