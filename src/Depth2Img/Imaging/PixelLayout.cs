namespace Depth2Img.Imaging;

/// <summary>Where a format's channels are.</summary>
/// <param name="Bytes">Bytes of a pixel.</param>
/// <param name="Red">The red byte's place.</param>
/// <param name="Green">The green byte's place.</param>
/// <param name="Blue">The blue byte's place.</param>
/// <param name="Alpha">The opacity's place; -1 where there is none.</param>
/// <param name="Premultiplied">Whether colours are multiplied by opacity.</param>
internal readonly record struct PixelLayout(int Bytes, int Red, int Green, int Blue, int Alpha, bool Premultiplied)
{
    /// <summary>The layout of a format.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public static PixelLayout Of(PixelFormat format) => format switch
    {
        PixelFormat.Rgb24 => new(3, 0, 1, 2, -1, false),
        PixelFormat.Bgr24 => new(3, 2, 1, 0, -1, false),
        PixelFormat.Rgba32 => new(4, 0, 1, 2, 3, false),
        PixelFormat.Bgra32 => new(4, 2, 1, 0, 3, false),
        PixelFormat.Rgba32Premultiplied => new(4, 0, 1, 2, 3, true),
        PixelFormat.Bgra32Premultiplied => new(4, 2, 1, 0, 3, true),
        PixelFormat.Gray8 => new(1, 0, 0, 0, -1, false),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such pixel format."),
    };

    /// <summary>Refuses memory that cannot hold a picture.</summary>
    /// <exception cref="ArgumentException">A size below 1, rows that overlap, or too few bytes.</exception>
    public void RequireRoom(int bytes, int width, int height, int stride, string bytesName)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (stride < (long)width * Bytes)
            throw new ArgumentOutOfRangeException(nameof(stride), stride, $"A row of {width} pixels takes {(long)width * Bytes} bytes.");
        // The last row needs no gap after it.
        long needed = (long)stride * (height - 1) + (long)width * Bytes;
        if (bytes < needed) throw new ArgumentException($"{height} rows of {stride} bytes take {needed} bytes, not {bytes}.", bytesName);
    }
}
