namespace Depth2Img.Imaging;

/// <content>Pixels to and from other libraries.</content>
public sealed partial class Image
{
    /// <summary>Copies a picture out of another library's memory.</summary>
    /// <param name="source">The rows, from the top.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="stride">Bytes from one row's beginning to the next one's; at least a row's own.</param>
    /// <param name="format">How a pixel lies in memory.</param>
    /// <returns>The picture; without alpha if every pixel is opaque.</returns>
    /// <exception cref="ArgumentException">A size below 1, a stride that is shorter than a row, or too few bytes.</exception>
    public static Image FromPixels(ReadOnlySpan<byte> source, int width, int height, int stride, PixelFormat format)
    {
        PixelLayout layout = PixelLayout.Of(format);
        layout.RequireRoom(source.Length, width, height, stride, nameof(source));
        byte[] pixels = new byte[checked(3 * width * height)];
        byte[]? alpha = layout.Alpha < 0 ? null : new byte[width * height];
        for (int y = 0, to = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = source.Slice(y * stride, width * layout.Bytes);
            for (int x = 0; x < row.Length; x += layout.Bytes, to++)
            {
                byte opacity = layout.Alpha < 0 ? byte.MaxValue : row[x + layout.Alpha];
                pixels[3 * to] = Divide(row[x + layout.Red], opacity, layout);
                pixels[3 * to + 1] = Divide(row[x + layout.Green], opacity, layout);
                pixels[3 * to + 2] = Divide(row[x + layout.Blue], opacity, layout);
                alpha?[to] = opacity;
            }
        }
        return new Image(width, height, pixels, alpha is null || alpha.AsSpan().IndexOfAnyExcept(byte.MaxValue) < 0 ? null : alpha);
    }

    /// <summary>Copies the picture into another library's memory.</summary>
    /// <param name="destination">The rows, from the top; what lies between them is left as it is.</param>
    /// <param name="stride">Bytes from one row's beginning to the next one's; at least a row's own.</param>
    /// <param name="format">How a pixel lies in memory. Formats without opacity get the colours as they are; gray is their luma (BT.601).</param>
    /// <exception cref="ArgumentException">A stride that is shorter than a row, or too few bytes.</exception>
    public void CopyPixelsTo(Span<byte> destination, int stride, PixelFormat format)
    {
        PixelLayout layout = PixelLayout.Of(format);
        layout.RequireRoom(destination.Length, Width, Height, stride, nameof(destination));
        for (int y = 0, from = 0; y < Height; y++)
        {
            Span<byte> row = destination.Slice(y * stride, Width * layout.Bytes);
            for (int x = 0; x < row.Length; x += layout.Bytes, from++)
            {
                byte red = Pixels[3 * from], green = Pixels[3 * from + 1], blue = Pixels[3 * from + 2], opacity = Alpha?[from] ?? byte.MaxValue;
                if (format == PixelFormat.Gray8)
                {
                    row[x] = (byte)PixelSamples.Luma(red, green, blue);
                    continue;
                }
                row[x + layout.Red] = Multiply(red, opacity, layout);
                row[x + layout.Green] = Multiply(green, opacity, layout);
                row[x + layout.Blue] = Multiply(blue, opacity, layout);
                if (layout.Alpha >= 0) row[x + layout.Alpha] = opacity;
            }
        }
    }

    /// <summary>Takes opacity out of a colour. One that is larger than its opacity, which no correct picture has, counts as white.</summary>
    private static byte Divide(byte color, byte opacity, PixelLayout layout)
    {
        if (!layout.Premultiplied || opacity == byte.MaxValue) return color;
        return opacity == 0 ? (byte)0 : (byte)Math.Min((color * 255 + opacity / 2) / opacity, 255);
    }

    private static byte Multiply(byte color, byte opacity, PixelLayout layout) =>
        layout.Premultiplied ? (byte)((color * opacity + 127) / 255) : color;
}
