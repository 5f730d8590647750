namespace Depth2Img.Imaging.Jpeg;

/// <summary>Writes the bits of entropy-coded data, most significant first, with a zero byte behind each FF.</summary>
internal sealed class BitWriter(Stream stream)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _length;
    private ulong _bits;
    private int _count;

    /// <summary>Writes the low bits of a number.</summary>
    /// <param name="bits">The number; bits above <paramref name="count"/> are zero.</param>
    /// <param name="count">0 to 32.</param>
    public void Write(uint bits, int count)
    {
        _bits = _bits << count | bits;
        _count += count;
        while (_count >= 8)
        {
            _count -= 8;
            WriteByte((byte)(_bits >> _count));
        }
    }

    /// <summary>Fills up the last byte with ones, as the standard wants, and hands everything to the stream.</summary>
    public void Finish()
    {
        if (_count > 0) Write((1u << (8 - _count)) - 1, 8 - _count);
        Flush();
    }

    private void WriteByte(byte value)
    {
        if (_length + 2 > _buffer.Length) Flush();
        _buffer[_length++] = value;
        if (value == 0xFF) _buffer[_length++] = 0;
    }

    private void Flush()
    {
        stream.Write(_buffer, 0, _length);
        _length = 0;
    }
}
