using System.Globalization;
using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Cli;

/// <summary>Reads a region of a depth map as the command line names it.</summary>
internal static class DepthRegion
{
    /// <summary>The region of that name; null for all.</summary>
    /// <param name="text">all, rect:X,Y,W,H, ellipse:X,Y,W,H, or a picture's name.</param>
    /// <param name="width">The map's columns.</param>
    /// <param name="height">The map's rows.</param>
    /// <exception cref="Depth2ImgException">The numbers are no region of the map, or the picture cannot be read.</exception>
    public static DepthMask? Parse(string text, int width, int height)
    {
        if (text == "all") return null;
        if (text.StartsWith("rect:", StringComparison.Ordinal))
        {
            double[] sides = Sides(text, width, height);
            return DepthMask.Rectangle(width, height, sides[0], sides[1], sides[2], sides[3]);
        }
        if (text.StartsWith("ellipse:", StringComparison.Ordinal))
        {
            double[] sides = Sides(text, width, height);
            return DepthMask.Ellipse(width, height, sides[0], sides[1], sides[2], sides[3]);
        }
        return DepthMask.FromPicture(ImageFile.Load(text), width, height);
    }

    private static double[] Sides(string text, int width, int height)
    {
        string[] parts = text[(text.IndexOf(':') + 1)..].Split(',');
        double[] sides = new double[4];
        for (int i = 0; i < sides.Length; i++)
        {
            // Percent of the columns for X and W, of the rows for Y and H.
            bool percent = i < parts.Length && parts[i].EndsWith('%');
            double scale = percent ? (i % 2 == 0 ? width : height) / 100.0 : 1;
            if (parts.Length != sides.Length
                || !double.TryParse(percent ? parts[i][..^1] : parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out sides[i])
                || !double.IsFinite(sides[i]))
                throw new Depth2ImgException($"The region '{text}' is not usable; X,Y,W,H in pixels or percent are expected, such as {text[..text.IndexOf(':')]}:10%,20%,50%,30%.");
            sides[i] *= scale;
        }
        return sides;
    }
}
