namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// Brings the rows of a component to the picture's resolution. Where a direction is halved, as chroma mostly is, samples
/// are three parts the nearest and one part the next nearest (a triangle filter: the samples of a file lie midway between
/// the pixels); any other ratio repeats samples. This is what libjpeg-turbo does, with the same roundings.
/// </summary>
internal sealed class ChromaUpsampling
{
    private readonly SamplePlane _plane;
    private readonly FrameComponent _component;
    private readonly int _maxHorizontal;
    private readonly int _maxVertical;
    private readonly bool _smoothHorizontally;
    private readonly bool _smoothVertically;
    private readonly byte[] _row;
    private readonly int[] _sums;

    /// <summary>Prepares for a component's plane; rows have at least the picture's width.</summary>
    public ChromaUpsampling(SamplePlane plane, FrameComponent component, FrameHeader frame)
    {
        _plane = plane;
        _component = component;
        _maxHorizontal = frame.MaxHorizontalSampling;
        _maxVertical = frame.MaxVerticalSampling;
        bool sameWidth = component.HorizontalSampling == _maxHorizontal;
        bool sameHeight = component.VerticalSampling == _maxVertical;
        bool halfWidth = component.HorizontalSampling * 2 == _maxHorizontal;
        bool halfHeight = component.VerticalSampling * 2 == _maxVertical;
        // Planes of one or two columns are not worth smoothing, says libjpeg.
        _smoothHorizontally = halfWidth && (sameHeight || halfHeight) && plane.Width > 2;
        _smoothVertically = halfHeight && (sameWidth || _smoothHorizontally);
        _row = new byte[Math.Max(frame.Width, 2 * plane.Width)];
        _sums = _smoothHorizontally && _smoothVertically ? new int[plane.Width] : [];
    }

    /// <summary>Gives a row of the picture; it holds until the next one is asked for.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        int sourceY = y * _component.VerticalSampling / _maxVertical;
        ReadOnlySpan<byte> near = _plane.Row(sourceY);
        if (!_smoothVertically)
        {
            if (_component.HorizontalSampling == _maxHorizontal) return near;
            if (_smoothHorizontally) SmoothHorizontally(near);
            else Repeat(near);
            return _row;
        }
        bool upper = y % 2 == 0;
        ReadOnlySpan<byte> far = _plane.Row(Math.Clamp(upper ? sourceY - 1 : sourceY + 1, 0, _plane.Height - 1));
        if (_smoothHorizontally) SmoothBoth(near, far);
        else SmoothVertically(near, far, upper ? 1 : 2);
        return _row;
    }

    private void Repeat(ReadOnlySpan<byte> near)
    {
        for (int x = 0; x < _row.Length; x++)
            _row[x] = near[Math.Min(x * _component.HorizontalSampling / _maxHorizontal, near.Length - 1)];
    }

    // Halves are rounded down on the left and up on the right, so that the picture becomes neither darker nor brighter.
    private void SmoothHorizontally(ReadOnlySpan<byte> near)
    {
        int last = near.Length - 1;
        Span<byte> row = _row.AsSpan(0, 2 * near.Length);
        row[0] = near[0];
        row[^1] = near[last];
        for (int x = 0; x < last; x++)
        {
            int left = near[x], right = near[x + 1];
            row[(2 * x) + 1] = (byte)(((3 * left) + right + 2) >> 2);
            row[(2 * x) + 2] = (byte)(((3 * right) + left + 1) >> 2);
        }
    }

    private void SmoothVertically(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, int bias)
    {
        for (int x = 0; x < near.Length; x++) _row[x] = (byte)(((3 * near[x]) + far[x] + bias) >> 2);
    }

    // Both directions at once, rounded only at the end.
    private void SmoothBoth(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far)
    {
        Span<int> sums = _sums;
        for (int x = 0; x < near.Length; x++) sums[x] = (3 * near[x]) + far[x];
        Span<byte> row = _row.AsSpan(0, 2 * sums.Length);
        row[0] = (byte)(((4 * sums[0]) + 8) >> 4);
        row[^1] = (byte)(((4 * sums[^1]) + 7) >> 4);
        for (int x = 0; x + 1 < sums.Length; x++)
        {
            int left = sums[x], right = sums[x + 1];
            row[(2 * x) + 1] = (byte)(((3 * left) + right + 7) >> 4);
            row[(2 * x) + 2] = (byte)(((3 * right) + left + 8) >> 4);
        }
    }
}
