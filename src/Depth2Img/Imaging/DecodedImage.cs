namespace Depth2Img.Imaging;

/// <summary>A picture file's contents, upright, from which a picture or a plane of gray is taken.</summary>
public sealed class DecodedImage
{
    private readonly IPixelSource _source;
    private readonly int _orientation;

    internal DecodedImage(ImageFormat format, int bitDepth, IPixelSource source, int orientation, IccProfile? profile, IReadOnlyDictionary<string, string> text, string? warning)
    {
        Orientation turn = new(orientation, source.Width, source.Height);
        Format = format;
        BitDepth = bitDepth;
        Width = turn.Width;
        Height = turn.Height;
        Profile = profile;
        Text = text;
        Warning = warning;
        _source = source;
        _orientation = orientation;
    }

    /// <summary>The file's format.</summary>
    public ImageFormat Format { get; }

    /// <summary>Columns, after the EXIF orientation.</summary>
    public int Width { get; }

    /// <summary>Rows, after the EXIF orientation.</summary>
    public int Height { get; }

    /// <summary>Bits a sample (of a palette: a colour's), 1 to 16.</summary>
    public int BitDepth { get; }

    /// <summary>The profile of its RGB values, to be kept with pictures made of it; null where the file has none, or one of gray or inks.</summary>
    public IccProfile? Profile { get; }

    /// <summary>The file's texts by keyword. A JPEG's comment that holds no named texts is under "comment".</summary>
    public IReadOnlyDictionary<string, string> Text { get; }

    /// <summary>A sentence about damage that was passed over; null for a sound file.</summary>
    public string? Warning { get; }

    /// <summary>
    /// The picture in 8-bit RGB, with alpha where the file has it. Gray becomes three equal channels, 16 bits are
    /// rounded to the nearest of 8. The picture may share its memory with this object.
    /// </summary>
    public Image ToRgb() => _source.ToRgb().ApplyOrientation(_orientation);

    /// <summary>
    /// The picture in gray, 0 (black) to 1 (white), with all the bits that the file has: 16-bit samples are 1/65535
    /// apart. Colours are weighed by BT.601 (0.299, 0.587, 0.114), rounded at the file's depth; alpha is ignored.
    /// </summary>
    /// <returns>Values [Height, Width].</returns>
    public float[] ToGray()
    {
        float[] stored = _source.ToGray();
        if (_orientation == 1) return stored;
        Orientation turn = new(_orientation, _source.Width, _source.Height);
        float[] upright = new float[stored.Length];
        for (int y = 0, to = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++, to++) upright[to] = stored[turn.SourceIndex(x, y)];
        }
        return upright;
    }
}
