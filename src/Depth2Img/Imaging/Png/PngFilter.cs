using System.Numerics;

namespace Depth2Img.Imaging.Png;

/// <summary>A row's filter, numbered as in the file: what each byte is stored as the difference to.</summary>
internal enum PngFilter
{
    None = 0,

    /// <summary>The pixel on the left.</summary>
    Sub = 1,

    /// <summary>The pixel above.</summary>
    Up = 2,

    /// <summary>The mean of both, rounded down.</summary>
    Average = 3,

    /// <summary>Whichever of left, above and above left is nearest to left + above - above left.</summary>
    Paeth = 4,
}

/// <summary>Takes the filters off.</summary>
internal static class PngUnfilter
{
    /// <summary>Restores a row in place.</summary>
    /// <param name="filter">The row's filter.</param>
    /// <param name="row">The filtered bytes.</param>
    /// <param name="above">The restored row above; zeros above the first.</param>
    /// <param name="unit">Bytes a pixel, at least 1.</param>
    public static void Restore(PngFilter filter, Span<byte> row, ReadOnlySpan<byte> above, int unit)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case PngFilter.Sub:
                for (int i = unit; i < row.Length; i++) row[i] += row[i - unit];
                break;
            case PngFilter.Up:
                RestoreUp(row, above);
                break;
            case PngFilter.Average:
                for (int i = 0; i < Math.Min(unit, row.Length); i++) row[i] += (byte)(above[i] >> 1);
                for (int i = unit; i < row.Length; i++) row[i] += (byte)((row[i - unit] + above[i]) >> 1);
                break;
            case PngFilter.Paeth:
                // Nothing on the left: the one above is always nearest.
                for (int i = 0; i < Math.Min(unit, row.Length); i++) row[i] += above[i];
                for (int i = unit; i < row.Length; i++) row[i] += Paeth(row[i - unit], above[i], above[i - unit]);
                break;
        }
    }

    /// <summary>The Paeth predictor; ties go left, then above.</summary>
    public static byte Paeth(byte left, byte above, byte aboveLeft)
    {
        int toLeft = Math.Abs(above - aboveLeft);
        int toAbove = Math.Abs(left - aboveLeft);
        int toAboveLeft = Math.Abs(left + above - 2 * aboveLeft);
        if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
        return toAbove <= toAboveLeft ? above : aboveLeft;
    }

    private static void RestoreUp(Span<byte> row, ReadOnlySpan<byte> above)
    {
        int i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(row[i..]) + new Vector<byte>(above[i..])).CopyTo(row[i..]);
        for (; i < row.Length; i++) row[i] += above[i];
    }
}
