namespace Depth2Img.Depth;

public sealed partial class DepthMap
{
    /// <summary>
    /// Fits a map that came from elsewhere to a picture. A map of the picture's aspect is resized; of another aspect,
    /// its middle is cut out first, so that depth is never stretched.
    /// </summary>
    /// <param name="width">The picture's columns, at least 1.</param>
    /// <param name="height">The picture's rows, at least 1.</param>
    public DepthFit FitTo(int width, int height)
    {
        DepthFit fit = CropToAspect(width, height);
        return fit with { Map = fit.Map.ResizeSmooth(width, height) };
    }

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

    /// <summary>Cuts out a part.</summary>
    /// <param name="left">The part's first column.</param>
    /// <param name="top">The part's first row.</param>
    /// <param name="width">The part's columns, at least 1.</param>
    /// <param name="height">The part's rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is empty or not all inside the map.</exception>
    public DepthMap Crop(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left, Width - width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top, Height - height);
        float[] values = new float[width * height];
        for (int y = 0; y < height; y++)
            Values.AsSpan((top + y) * Width + left, width).CopyTo(values.AsSpan(y * width));
        return new DepthMap(width, height, values);
    }

    /// <summary>Makes the map larger by repeating the values of its edges, as a picture is padded beside it.</summary>
    /// <param name="left">Columns added on the left, at least 0.</param>
    /// <param name="top">Rows added above, at least 0.</param>
    /// <param name="right">Columns added on the right, at least 0.</param>
    /// <param name="bottom">Rows added below, at least 0.</param>
    public DepthMap PadEdges(int left, int top, int right, int bottom)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        int width = checked(left + Width + right), height = checked(top + Height + bottom);
        float[] values = new float[checked(width * height)];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> source = Values.AsSpan(Math.Clamp(y - top, 0, Height - 1) * Width, Width);
            Span<float> row = values.AsSpan(y * width, width);
            row[..left].Fill(source[0]);
            source.CopyTo(row[left..]);
            row[(left + Width)..].Fill(source[^1]);
        }
        return new DepthMap(width, height, values);
    }
}
