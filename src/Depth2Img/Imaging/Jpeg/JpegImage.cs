namespace Depth2Img.Imaging.Jpeg;

/// <summary>A decoded JPEG: its components at their own resolutions, from which the picture is made on demand.</summary>
internal sealed class JpegImage
{
    private readonly FrameHeader _frame;
    private readonly JpegColorModel _colorModel;
    private readonly SamplePlane[] _planes;

    public JpegImage(FrameHeader frame, JpegColorModel colorModel, SamplePlane[] planes)
    {
        _frame = frame;
        _colorModel = colorModel;
        _planes = planes;
    }

    /// <summary>Columns as stored, before <see cref="Orientation"/>.</summary>
    public int Width => _frame.Width;

    /// <summary>Rows as stored, before <see cref="Orientation"/>.</summary>
    public int Height => _frame.Height;

    /// <summary>How to turn the picture upright: EXIF's 1..8, 1 when it is so or the file does not say.</summary>
    public required int Orientation { get; init; }

    /// <summary>The colours' profile, or null.</summary>
    public required IccProfile? Profile { get; init; }

    /// <summary>The text of the file's comment segments, or null.</summary>
    public required string? Comment { get; init; }

    /// <summary>A sentence about what damage was passed over, or null.</summary>
    public required string? Warning { get; init; }

    /// <summary>The components' samples, each at its own resolution, in the frame's order.</summary>
    public IReadOnlyList<SamplePlane> Planes => _planes;

    /// <summary>The samples of a grayscale file, row by row as stored; null for colour.</summary>
    public byte[]? Gray => _colorModel == JpegColorModel.Gray ? _planes[0].Crop() : null;

    /// <summary>The picture in RGB, as stored: <see cref="Orientation"/> is not applied.</summary>
    public Image ToRgb()
    {
        byte[] pixels = new byte[3 * Width * Height];
        ChromaUpsampling[] components = new ChromaUpsampling[_planes.Length];
        for (int i = 0; i < components.Length; i++)
            components[i] = new ChromaUpsampling(_planes[i], _frame.Components[i], _frame);
        for (int y = 0; y < Height; y++)
            ConvertRow(components, y, pixels.AsSpan(3 * Width * y, 3 * Width));
        return new Image(Width, Height, pixels);
    }

    private void ConvertRow(ChromaUpsampling[] components, int y, Span<byte> rgb)
    {
        ReadOnlySpan<byte> first = components[0].Row(y)[..Width];
        if (_colorModel == JpegColorModel.Gray)
        {
            ColorConversion.GrayToRgb(first, rgb);
            return;
        }
        ReadOnlySpan<byte> second = components[1].Row(y)[..Width];
        ReadOnlySpan<byte> third = components[2].Row(y)[..Width];
        ReadOnlySpan<byte> fourth = components.Length > 3 ? components[3].Row(y)[..Width] : default;
        switch (_colorModel)
        {
            case JpegColorModel.YCbCr:
                ColorConversion.YCbCrToRgb(first, second, third, rgb);
                break;
            case JpegColorModel.Rgb:
                ColorConversion.Interleave(first, second, third, rgb);
                break;
            case JpegColorModel.Cmyk:
                ColorConversion.CmykToRgb(first, second, third, fourth, rgb);
                break;
            case JpegColorModel.Ycck:
                ColorConversion.YcckToRgb(first, second, third, fourth, rgb);
                break;
        }
    }
}
