namespace Depth2Img.Imaging;

/// <summary>
/// What a picture file may claim before memory is taken for it. A header of a few bytes can name gigabytes; the
/// decoders ask here first.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>100 megapixels, 65,500 pixels a side, 1 GiB of file, 8 MiB of text.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>The most pixels, width x height. At most 500 million, so that four samples a pixel fit one array.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1 or above 500 million.</exception>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 500_000_000);
            field = value;
        }
    } = 100_000_000;

    /// <summary>The longest side in pixels.</summary>
    public int MaxSide { get; init; } = 65_500;

    /// <summary>The largest file in bytes; larger ones are not read.</summary>
    public long MaxFileBytes { get; init; } = 1L << 30;

    /// <summary>The most bytes of text that are kept, after decompression and of all texts of a file together.</summary>
    public int MaxTextBytes { get; init; } = 8 << 20;

    /// <summary>Refuses a size that a header names.</summary>
    /// <param name="name">The file, for the message.</param>
    /// <param name="width">Columns as the header has them.</param>
    /// <param name="height">Rows as the header has them.</param>
    /// <exception cref="Depth2ImgException">A side of 0, or a size above the limits.</exception>
    internal void Require(string name, long width, long height)
    {
        if (width < 1 || height < 1)
            throw new Depth2ImgException($"'{name}' names a size of {width}x{height} pixels; both sides must be at least 1.");
        if (width > MaxSide || height > MaxSide)
            throw new Depth2ImgException($"'{name}' names a size of {width}x{height} pixels; a side may have at most {MaxSide}.");
        if (width * height > MaxPixels)
            throw new Depth2ImgException($"'{name}' names a size of {width}x{height} pixels, {width * height / 1e6:0.#} megapixels; at most {MaxPixels / 1e6:0.#} are read. Scale it down first.");
    }
}
