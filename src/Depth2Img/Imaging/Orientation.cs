namespace Depth2Img.Imaging;

/// <summary>One of EXIF's eight orientations at a stored size: the upright size, and where each upright pixel is stored.</summary>
internal readonly struct Orientation
{
    private readonly int _value;
    private readonly int _storedWidth;
    private readonly int _storedHeight;

    /// <summary>Makes the turn for a stored picture.</summary>
    /// <param name="value">1 to 8: 1 upright, 2 mirrored, 3 turned by 180°, 4 upside down, 5 transposed, 6 needs 90° clockwise, 7 transversed, 8 needs 90° counter-clockwise.</param>
    /// <param name="storedWidth">Columns as stored.</param>
    /// <param name="storedHeight">Rows as stored.</param>
    public Orientation(int value, int storedWidth, int storedHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 8);
        _value = value;
        _storedWidth = storedWidth;
        _storedHeight = storedHeight;
    }

    /// <summary>Upright columns.</summary>
    public int Width => _value >= 5 ? _storedHeight : _storedWidth;

    /// <summary>Upright rows.</summary>
    public int Height => _value >= 5 ? _storedWidth : _storedHeight;

    /// <summary>The stored pixel's place for an upright one.</summary>
    public int SourceIndex(int x, int y)
    {
        int right = _storedWidth - 1, bottom = _storedHeight - 1;
        (int column, int row) = _value switch
        {
            1 => (x, y),
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (y, bottom - x),
            7 => (right - y, bottom - x),
            _ => (right - y, x),
        };
        return row * _storedWidth + column;
    }
}
