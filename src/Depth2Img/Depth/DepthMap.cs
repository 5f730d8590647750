namespace Depth2Img.Depth;

/// <summary>
/// Inverse depth of each pixel of a picture: larger is nearer, in whatever unit the estimator has (relative, as a
/// rule). Rows from the top, at the size it was estimated or loaded at. All values are finite; a flat map is legal
/// and means "no depth".
/// </summary>
public sealed partial class DepthMap
{
    /// <summary>Wraps values; nothing is copied.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="values">width x height values, row by row; larger is nearer.</param>
    /// <exception cref="ArgumentException">A size below 1, or an array that does not fit it.</exception>
    /// <exception cref="Depth2ImgException">A value is NaN or infinite.</exception>
    public DepthMap(int width, int height, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (values.Length != (long)width * height)
            throw new ArgumentException($"A {width}x{height} depth map has {(long)width * height} values, not {values.Length}.", nameof(values));
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new Depth2ImgException($"The depth map has the value {values[i]} at column {i % width}, row {i / width}; every value must be finite.");
        }
        Width = width;
        Height = height;
        Values = values;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Inverse depth, row by row; larger is nearer.</summary>
    public float[] Values { get; }
}
