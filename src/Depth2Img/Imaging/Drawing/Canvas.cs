using System.Numerics;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Imaging.Drawing;

/// <summary>
/// A picture to draw figures on: text, lines, rectangles and other pictures. Coordinates are pixels from the upper left
/// corner, with pixel (0, 0) from 0 to 1; what lies outside is cut off. Strokes are smoothed, with round ends.
/// </summary>
internal sealed class Canvas
{
    private readonly byte[] _pixels;

    /// <summary>Makes a canvas of one colour.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="ground">Its colour.</param>
    /// <exception cref="Depth2ImgException">More pixels than a picture can have.</exception>
    public Canvas(int width, int height, Rgb ground)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (3L * width * height > Array.MaxLength)
            throw new Depth2ImgException($"The figure would be {width}x{height} pixels, which is more than a picture can have; fewer or smaller pictures would fit.");
        Width = width;
        Height = height;
        _pixels = new byte[3 * width * height];
        FillRectangle(0, 0, width, height, ground);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>What is drawn so far; shares the canvas's memory.</summary>
    public Image ToImage() => new(Width, Height, _pixels);

    /// <summary>Fills a rectangle.</summary>
    public void FillRectangle(int left, int top, int width, int height, Rgb color)
    {
        (int right, int bottom) = (Math.Min(left + width, Width), Math.Min(top + height, Height));
        for (int y = Math.Max(top, 0); y < bottom; y++)
        {
            for (int x = Math.Max(left, 0); x < right; x++) Set(x, y, color);
        }
    }

    /// <summary>Draws a rectangle's edge, inside it.</summary>
    public void DrawRectangle(int left, int top, int width, int height, int thickness, Rgb color)
    {
        FillRectangle(left, top, width, thickness, color);
        FillRectangle(left, top + height - thickness, width, thickness, color);
        FillRectangle(left, top + thickness, thickness, height - 2 * thickness, color);
        FillRectangle(left + width - thickness, top + thickness, thickness, height - 2 * thickness, color);
    }

    /// <summary>Pastes a picture at its own size; where it is transparent, the canvas shines through.</summary>
    public void DrawImage(Image image, int left, int top)
    {
        ArgumentNullException.ThrowIfNull(image);
        for (int y = Math.Max(0, -top); y < Math.Min(image.Height, Height - top); y++)
        {
            for (int x = Math.Max(0, -left); x < Math.Min(image.Width, Width - left); x++)
            {
                int at = y * image.Width + x;
                Rgb color = new(image.Pixels[3 * at], image.Pixels[3 * at + 1], image.Pixels[3 * at + 2]);
                if (image.Alpha is null) Set(left + x, top + y, color);
                else Blend(left + x, top + y, color, image.Alpha[at] / 255f);
            }
        }
    }

    /// <summary>Pastes a picture scaled to a size.</summary>
    public void DrawImage(Image image, int left, int top, int width, int height) =>
        DrawImage(ImageResizer.Resize(image, width, height, ResizeFilter.Lanczos), left, top);

    /// <summary>Draws a line.</summary>
    public void DrawLine(double x1, double y1, double x2, double y2, double thickness, Rgb color) =>
        DrawStrokes([[new Vector2((float)x1, (float)y1), new Vector2((float)x2, (float)y2)]], thickness, color);

    /// <summary>Draws lines from point to point.</summary>
    public void DrawPolyline(IReadOnlyList<Vector2> points, double thickness, Rgb color)
    {
        if (points.Count > 0) DrawStrokes([[.. points]], thickness, color);
    }

    /// <summary>Draws a filled circle.</summary>
    public void FillCircle(double x, double y, double diameter, Rgb color) =>
        DrawStrokes([[new Vector2((float)x, (float)y)]], diameter, color);

    /// <summary>Draws one line of text.</summary>
    /// <param name="text">The line.</param>
    /// <param name="x">Where its beginning, middle or end lies.</param>
    /// <param name="baseline">What it stands on.</param>
    /// <param name="style">How it looks.</param>
    /// <param name="alignment">Which part of it lies at <paramref name="x"/>.</param>
    public void DrawText(string text, double x, double baseline, TextStyle style, TextAlignment alignment = TextAlignment.Left)
    {
        double left = alignment switch
        {
            TextAlignment.Centre => x - LabelFont.Measure(text, style) / 2,
            TextAlignment.Right => x - LabelFont.Measure(text, style),
            _ => x,
        };
        DrawStrokes([.. LabelFont.Strokes(text, style, left, baseline)], style.StrokeWidth, style.Color);
    }

    private void DrawStrokes(IReadOnlyCollection<Vector2[]> strokes, double thickness, Rgb color) =>
        new StrokeMask(strokes, thickness, Width, Height).Visit((x, y, coverage) => Blend(x, y, color, coverage));

    private void Set(int x, int y, Rgb color)
    {
        int at = 3 * (y * Width + x);
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (color.Red, color.Green, color.Blue);
    }

    private void Blend(int x, int y, Rgb color, float opacity)
    {
        Span<byte> pixel = _pixels.AsSpan(3 * (y * Width + x), 3);
        pixel[0] = Mix(pixel[0], color.Red, opacity);
        pixel[1] = Mix(pixel[1], color.Green, opacity);
        pixel[2] = Mix(pixel[2], color.Blue, opacity);
    }

    private static byte Mix(byte ground, byte color, float opacity) => (byte)MathF.Round(ground + (color - ground) * opacity);
}
