namespace Depth2Img.Imaging;

/// <summary>
/// A picture: 8-bit RGB, upright, rows from the top, three bytes a pixel without gaps. Transparency, where the file
/// had any, is kept beside the colours, which are as stored (not multiplied by it).
/// </summary>
public sealed partial class Image
{
    /// <summary>Wraps pixels; nothing is copied.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">3 x width x height bytes: R, G, B of the first pixel, and so on.</param>
    /// <param name="alpha">width x height bytes, 255 being opaque; null when the picture is opaque.</param>
    /// <exception cref="ArgumentException">A size below 1, or arrays that do not fit it.</exception>
    public Image(int width, int height, byte[] pixels, byte[]? alpha = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != 3L * width * height)
            throw new ArgumentException($"A {width}x{height} picture takes {3L * width * height} bytes, not {pixels.Length}.", nameof(pixels));
        if (alpha is not null && alpha.Length != (long)width * height)
            throw new ArgumentException($"The alpha of a {width}x{height} picture takes {(long)width * height} bytes, not {alpha.Length}.", nameof(alpha));
        Width = width;
        Height = height;
        Pixels = pixels;
        Alpha = alpha;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>R, G, B of each pixel, row by row from the top.</summary>
    public byte[] Pixels { get; }

    /// <summary>Opacity of each pixel, 255 being opaque; null when all are.</summary>
    public byte[]? Alpha { get; }
}
