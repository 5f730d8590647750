namespace Depth2Img.Depth;

public sealed partial class DepthMap
{
    /// <summary>
    /// The largest middle part of a picture's aspect, at the map's own resolution, so that depth is never stretched.
    /// A map that is less than a pixel off is of that aspect: that is rounding, as of a map made at half the size.
    /// </summary>
    /// <param name="width">The picture's columns, at least 1.</param>
    /// <param name="height">The picture's rows, at least 1.</param>
    public DepthFit CropToAspect(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        double partWidth = Math.Min(Width, (double)Height * width / height);
        double partHeight = Math.Min(Height, (double)Width * height / width);
        if (Width - partWidth < 1 && Height - partHeight < 1) return new DepthFit(this, null);

        int columns = Math.Max(1, (int)Math.Round(partWidth)), rows = Math.Max(1, (int)Math.Round(partHeight));
        return new DepthFit(Crop((Width - columns) / 2, (Height - rows) / 2, columns, rows),
            $"The depth map is {Width}x{Height} and the picture {width}x{height}, of another aspect: the map's middle {columns}x{rows} was used.");
    }
}
