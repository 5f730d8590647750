namespace Depth2Img.Inpainting;

/// <summary>A rectangle of a picture.</summary>
/// <param name="Left">Its first column.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal readonly record struct PixelArea(int Left, int Top, int Width, int Height)
{
    /// <summary>The smallest area that holds every pixel that a mask repaints at all; the mask has some.</summary>
    public static PixelArea Of(InpaintMask mask)
    {
        int left = mask.Width, top = mask.Height, right = -1, bottom = -1;
        for (int y = 0, i = 0; y < mask.Height; y++)
        {
            for (int x = 0; x < mask.Width; x++, i++)
            {
                if (mask.Values[i] == 0) continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }
        return new PixelArea(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>
    /// The area with so many pixels more on each side, then grown to an aspect, so that it can be scaled without
    /// stretching; moved and cut to lie inside the picture.
    /// </summary>
    public PixelArea Grow(int padding, double aspect, int pictureWidth, int pictureHeight)
    {
        int width = Width + 2 * padding, height = Height + 2 * padding;
        (width, height) = (Math.Max(width, (int)Math.Round(height * aspect)), Math.Max(height, (int)Math.Round(width / aspect)));
        (width, height) = (Math.Min(width, pictureWidth), Math.Min(height, pictureHeight));
        return new PixelArea(
            Math.Clamp(Left + (Width - width) / 2, 0, pictureWidth - width),
            Math.Clamp(Top + (Height - height) / 2, 0, pictureHeight - height),
            width, height);
    }
}
