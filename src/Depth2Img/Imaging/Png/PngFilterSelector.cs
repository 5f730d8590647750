using System.Numerics;

namespace Depth2Img.Imaging.Png;

/// <summary>
/// Chooses a filter for every row: the one whose differences, read as signed bytes, have the least sum of magnitudes.
/// The PNG standard's own advice; small differences compress well.
/// </summary>
internal sealed class PngFilterSelector
{
    // Rows are kept behind a pixel of zeros, so that the first pixel has a left neighbour like any other.
    private readonly int _unit;
    private byte[] _row;
    private byte[] _above;
    private byte[] _best;
    private byte[] _candidate;
    private long _bestSum;

    /// <summary>Prepares for rows.</summary>
    /// <param name="rowBytes">Bytes a row.</param>
    /// <param name="unit">Bytes a pixel.</param>
    public PngFilterSelector(int rowBytes, int unit)
    {
        _unit = unit;
        _row = new byte[unit + rowBytes];
        _above = new byte[unit + rowBytes];
        _best = new byte[1 + rowBytes];
        _candidate = new byte[1 + rowBytes];
    }

    /// <summary>Where the next row's bytes are put before <see cref="Filter"/>.</summary>
    public Span<byte> Row => _row.AsSpan(_unit);

    /// <summary>Filters the row and moves on to the next.</summary>
    /// <returns>The filter's number and the filtered bytes, valid until the next call.</returns>
    public ReadOnlySpan<byte> Filter()
    {
        _bestSum = long.MaxValue;
        Try<NonePredictor>(PngFilter.None);
        Try<SubPredictor>(PngFilter.Sub);
        Try<UpPredictor>(PngFilter.Up);
        Try<AveragePredictor>(PngFilter.Average);
        Try<PaethPredictor>(PngFilter.Paeth);
        (_row, _above) = (_above, _row);
        return _best;
    }

    private void Try<T>(PngFilter filter) where T : IPngPredictor
    {
        ReadOnlySpan<byte> row = _row.AsSpan(_unit), above = _above.AsSpan(_unit), left = _row, aboveLeft = _above;
        Span<byte> result = _candidate.AsSpan(1);
        long sum = 0;
        int i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector<byte> difference = new Vector<byte>(row[i..])
                - T.Predict(new Vector<byte>(left[i..]), new Vector<byte>(above[i..]), new Vector<byte>(aboveLeft[i..]));
            difference.CopyTo(result[i..]);
            Vector<byte> magnitude = Vector.Min(difference, -difference);
            Vector.Widen(magnitude, out Vector<ushort> low, out Vector<ushort> high);
            sum += Vector.Sum(low + high);
        }
        for (; i < row.Length; i++)
        {
            byte difference = (byte)(row[i] - T.Predict(left[i], above[i], aboveLeft[i]));
            result[i] = difference;
            sum += Math.Min(difference, (byte)-difference);
        }
        if (sum >= _bestSum) return;
        _bestSum = sum;
        _candidate[0] = (byte)filter;
        (_best, _candidate) = (_candidate, _best);
    }
}
