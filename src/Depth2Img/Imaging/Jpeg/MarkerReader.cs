using System.Buffers.Binary;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>Walks the markers and segments of a file. It never reads past the data and always moves forward.</summary>
internal ref struct MarkerReader
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly string _name;

    /// <summary>Starts behind the start-of-image marker.</summary>
    /// <exception cref="Depth2ImgException">The data do not begin with one.</exception>
    public MarkerReader(ReadOnlySpan<byte> data, string name)
    {
        if (data.Length < 2 || data[0] != 0xFF || data[1] != JpegMarker.StartOfImage)
            throw new Depth2ImgException($"'{name}' is no JPEG: it does not begin with FF D8.");
        _data = data;
        _name = name;
        Position = 2;
    }

    /// <summary>Where the next byte is read.</summary>
    public int Position { get; set; }

    /// <summary>
    /// Finds the next marker. Fill bytes and stray bytes before it are passed over, as other decoders do: some
    /// writers pad segments and scans.
    /// </summary>
    /// <returns>False at the end of the data.</returns>
    public bool TryNext(out byte marker)
    {
        while (Position < _data.Length)
        {
            int found = _data[Position..].IndexOf((byte)0xFF);
            if (found < 0) break;
            Position += found;
            while (Position < _data.Length && _data[Position] == 0xFF) Position++;
            if (Position == _data.Length) break;
            marker = _data[Position++];
            if (marker != 0) return true;
        }
        Position = _data.Length;
        marker = 0;
        return false;
    }

    /// <summary>Reads the content of the segment whose marker was just read, and moves behind it.</summary>
    public ReadOnlySpan<byte> Segment(byte marker)
    {
        if (_data.Length - Position < 2) throw CutShort(marker);
        int length = BinaryPrimitives.ReadUInt16BigEndian(_data[Position..]);
        if (length < 2) throw JpegErrors.Broken(_name, $"its segment FF {marker:X2} has the length {length}, less than the length's own two bytes");
        if (_data.Length - Position < length) throw CutShort(marker);
        ReadOnlySpan<byte> content = _data.Slice(Position + 2, length - 2);
        Position += length;
        return content;
    }

    private readonly Depth2ImgException CutShort(byte marker) =>
        JpegErrors.CutShort(_name, $"its segment FF {marker:X2} goes beyond the file's {_data.Length} bytes");
}
