namespace Depth2Img.Imaging;

/// <summary>Pictures cut, padded, turned and laid on a ground. All give a new picture, or the same one where there is nothing to do.</summary>
public static class ImageTransforms
{
    /// <summary>Cuts out a part.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="left">The part's first column.</param>
    /// <param name="top">The part's first row.</param>
    /// <param name="width">The part's columns, at least 1.</param>
    /// <param name="height">The part's rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is empty or not all inside the picture.</exception>
    public static Image Crop(this Image image, int left, int top, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireInside(left, width, image.Width, nameof(left), nameof(width));
        RequireInside(top, height, image.Height, nameof(top), nameof(height));
        if (width == image.Width && height == image.Height) return image;
        return Gather(image, width, height, (x, y) => (y + top) * image.Width + x + left);
    }

    /// <summary>Makes the picture larger by repeating the pixels of its edges.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="left">Columns added on the left, at least 0.</param>
    /// <param name="top">Rows added above, at least 0.</param>
    /// <param name="right">Columns added on the right, at least 0.</param>
    /// <param name="bottom">Rows added below, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative number.</exception>
    public static Image PadEdges(this Image image, int left, int top, int right, int bottom)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        if ((left | top | right | bottom) == 0) return image;
        return Gather(image, checked(left + image.Width + right), checked(top + image.Height + bottom),
            (x, y) => Math.Clamp(y - top, 0, image.Height - 1) * image.Width + Math.Clamp(x - left, 0, image.Width - 1));
    }

    /// <summary>Lays the picture on a ground of one colour, which leaves it opaque.</summary>
    /// <param name="image">The picture; one without alpha is given back as it is.</param>
    /// <param name="red">The ground's red, 0 to 255.</param>
    /// <param name="green">The ground's green, 0 to 255.</param>
    /// <param name="blue">The ground's blue, 0 to 255.</param>
    public static Image CompositeOn(this Image image, byte red, byte green, byte blue)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Alpha is null) return image;
        ReadOnlySpan<byte> ground = [red, green, blue];
        byte[] pixels = new byte[image.Pixels.Length];
        for (int i = 0; i < image.Alpha.Length; i++)
        {
            int opacity = image.Alpha[i];
            for (int c = 0; c < 3; c++)
                pixels[3 * i + c] = (byte)((image.Pixels[3 * i + c] * opacity + ground[c] * (255 - opacity) + 127) / 255);
        }
        return new Image(image.Width, image.Height, pixels);
    }

    /// <summary>Turns a picture upright as its EXIF orientation says.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">1 (upright) to 8, as EXIF numbers them.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not an orientation.</exception>
    public static Image ApplyOrientation(this Image image, int orientation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (orientation == 1) return image;
        Orientation turn = new(orientation, image.Width, image.Height);
        return Gather(image, turn.Width, turn.Height, turn.SourceIndex);
    }

    private static Image Gather(Image image, int width, int height, Func<int, int, int> sourceIndex)
    {
        byte[] pixels = new byte[checked(3 * width * height)];
        byte[]? alpha = image.Alpha is null ? null : new byte[width * height];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to++)
            {
                int from = sourceIndex(x, y);
                pixels[3 * to] = image.Pixels[3 * from];
                pixels[3 * to + 1] = image.Pixels[3 * from + 1];
                pixels[3 * to + 2] = image.Pixels[3 * from + 2];
                alpha?[to] = image.Alpha![from];
            }
        }
        return new Image(width, height, pixels, alpha);
    }

    private static void RequireInside(int start, int length, int whole, string startName, string lengthName)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start, startName);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, lengthName);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, whole - length, startName);
    }
}
