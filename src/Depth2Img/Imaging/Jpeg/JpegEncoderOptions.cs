namespace Depth2Img.Imaging.Jpeg;

/// <summary>How a JPEG is written.</summary>
internal sealed record JpegEncoderOptions
{
    /// <summary>1 to 100 on libjpeg's scale.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1 or above 100.</exception>
    public int Quality
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            field = value;
        }
    } = 92;

    /// <summary>How colour is stored; null for 4:2:0 below a quality of 90 and 4:4:4 from there on.</summary>
    public ChromaSubsampling? Subsampling { get; init; }

    /// <summary>The colours' profile; null for none.</summary>
    public IccProfile? Profile { get; init; }

    /// <summary>A text to keep in the file; null for none.</summary>
    public string? Comment { get; init; }
}
