using Depth2Img.Imaging;

namespace Depth2Img.Depth;

/// <summary>A region of a depth map: how much of each pixel belongs to it, 0 to 1.</summary>
public sealed class DepthMask
{
    private DepthMask(int width, int height, float[] values)
    {
        Width = width;
        Height = height;
        Values = values;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>How much of each pixel belongs to the region, 0 to 1, row by row.</summary>
    public IReadOnlyList<float> Coverage => Values;

    internal float[] Values { get; }

    /// <summary>A rectangle; parts outside the map are cut off.</summary>
    /// <param name="width">The map's columns, at least 1.</param>
    /// <param name="height">The map's rows, at least 1.</param>
    /// <param name="left">The rectangle's left side in pixels.</param>
    /// <param name="top">Its upper side.</param>
    /// <param name="regionWidth">Its width, above 0.</param>
    /// <param name="regionHeight">Its height, above 0.</param>
    /// <exception cref="Depth2ImgException">It has no area, or none of it lies in the map.</exception>
    public static DepthMask Rectangle(int width, int height, double left, double top, double regionWidth, double regionHeight)
    {
        RequireInside("rectangle", width, height, left, top, regionWidth, regionHeight);
        return Make(width, height, (x, y) => Overlap(x, left, regionWidth) * Overlap(y, top, regionHeight));
    }

    /// <summary>An ellipse, given by the rectangle around it; parts outside the map are cut off.</summary>
    /// <inheritdoc cref="Rectangle"/>
    public static DepthMask Ellipse(int width, int height, double left, double top, double regionWidth, double regionHeight)
    {
        RequireInside("ellipse", width, height, left, top, regionWidth, regionHeight);
        double radiusX = regionWidth / 2, radiusY = regionHeight / 2, centreX = left + radiusX, centreY = top + radiusY;
        return Make(width, height, (x, y) =>
        {
            double u = (x + 0.5 - centreX) / radiusX, v = (y + 0.5 - centreY) / radiusY, distance = Math.Sqrt(u * u + v * v);
            // About a pixel of soft rim: the distance over the length of its gradient.
            double slope = distance > 0 ? Math.Sqrt(u * u / (radiusX * radiusX) + v * v / (radiusY * radiusY)) / distance : 0;
            return slope > 0 ? Math.Clamp((1 - distance) / slope + 0.5, 0, 1) : 1;
        });
    }

    /// <summary>A picture as a region: white belongs to it, black does not.</summary>
    /// <param name="picture">The picture, of the map's aspect.</param>
    /// <param name="width">The map's columns, at least 1.</param>
    /// <param name="height">The map's rows, at least 1.</param>
    /// <exception cref="Depth2ImgException">The picture is of another aspect than the map.</exception>
    public static DepthMask FromPicture(DecodedImage picture, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        DepthFit fit = new DepthMap(picture.Width, picture.Height, picture.ToGray()).FitTo(width, height);
        if (fit.Warning is not null)
            throw new Depth2ImgException($"The mask is {picture.Width}x{picture.Height} and the depth map {width}x{height}, of another aspect; a mask must have the map's.");
        return new DepthMask(width, height, fit.Map.Values);
    }

    /// <summary>The region with a soft rim: a Gaussian blur that stays centred on its border.</summary>
    /// <param name="sigma">The blur's deviation in pixels, above 0, at most 1000.</param>
    /// <exception cref="Depth2ImgException">The deviation is out of its range.</exception>
    public DepthMask Feather(double sigma) => new(Width, Height, new DepthMap(Width, Height, Values).Blur(sigma).Values);

    internal void RequireSize(int width, int height)
    {
        if (Width != width || Height != height)
            throw new ArgumentException($"A region of {Width}x{Height} does not fit a depth map of {width}x{height}.");
    }

    /// <summary>How much of the pixel from i to i + 1 lies in an interval.</summary>
    private static double Overlap(int i, double start, double length) =>
        Math.Max(0, Math.Min(i + 1, start + length) - Math.Max(i, start));

    private static DepthMask Make(int width, int height, Func<int, int, double> coverage)
    {
        float[] values = new float[checked(width * height)];
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i++) values[i] = (float)coverage(x, y);
        }
        return new DepthMask(width, height, values);
    }

    private static void RequireInside(string shape, int width, int height, double left, double top, double regionWidth, double regionHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (!(regionWidth > 0 && regionHeight > 0 && double.IsFinite(left + top + regionWidth + regionHeight)))
            throw new Depth2ImgException($"The {shape} of {regionWidth}x{regionHeight} pixels at {left}, {top} has no area.");
        if (left >= width || top >= height || left + regionWidth <= 0 || top + regionHeight <= 0)
            throw new Depth2ImgException($"The {shape} of {regionWidth}x{regionHeight} pixels at {left}, {top} lies outside the {width}x{height} depth map.");
    }
}
