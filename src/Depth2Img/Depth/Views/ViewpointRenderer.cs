using Depth2Img.Imaging;

namespace Depth2Img.Depth.Views;

/// <summary>
/// Renders a picture from a point of view beside its own. Pixels move sideways with their inverse depth; what moves apart on one
/// surface is stretched, what moves apart at the border of a thing leaves a hole; where several land, the nearest is seen; and holes are
/// filled from their farther side, for what comes into view lies behind.
/// </summary>
internal sealed class ViewpointRenderer
{
    /// <summary>How far neighbours may move apart, in pixels, and still be one surface.</summary>
    private const float Stretch = 1;

    private readonly Image _picture;
    private readonly float[] _near;
    private readonly double _movement;
    private readonly double _screen;

    /// <summary>Prepares a picture.</summary>
    /// <param name="picture">The picture; transparency is ignored.</param>
    /// <param name="depth">Its depth, of its size.</param>
    /// <param name="options">How far the eyes are apart, and what does not move.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public ViewpointRenderer(Image picture, DepthMap depth, StereoOptions options)
    {
        ViewInput.RequireSameSize(picture, depth);
        _picture = picture;
        _near = ViewInput.SharpNormalised(depth, options.EdgeRadius);
        _movement = options.EyeDistance * picture.Width;
        _screen = options.ScreenDepth;
    }

    /// <summary>The picture seen from the side.</summary>
    /// <param name="viewpoint">Where from: -0.5 is the left eye, 0 the picture's own place, 0.5 the right eye.</param>
    public Image Render(double viewpoint)
    {
        int width = _picture.Width, height = _picture.Height;
        byte[] pixels = new byte[_picture.Pixels.Length];
        // To the left of its place, near things are seen farther to the right.
        float scale = (float)(-viewpoint * _movement), screen = (float)_screen;
        Parallel.For(0, height, () => new Row(width), (y, _, row) =>
        {
            row.Warp(_picture.Pixels.AsSpan(3 * y * width, 3 * width), _near.AsSpan(y * width, width), scale, screen);
            row.FillHoles();
            row.Pixels.CopyTo(pixels.AsSpan(3 * y * width));
            return row;
        }, _ => { });
        return new Image(width, height, pixels);
    }

    /// <summary>One row of the new picture.</summary>
    private sealed class Row(int width)
    {
        private const float Hole = float.NegativeInfinity;

        /// <summary>How much nearer a pixel may be than the rim of a hole and still belong to what is behind.</summary>
        private const float SameSurface = 0.05f;

        private readonly byte[] _pixels = new byte[3 * width];
        private readonly float[] _near = new float[width];

        // The pixels next to a hole often show some of the thing that covered it; that much of the rim is filled anew.
        private readonly int _rim = 1 + width / 500;

        public ReadOnlySpan<byte> Pixels => _pixels;

        /// <summary>Moves a row's pixels.</summary>
        /// <param name="source">R, G, B of each.</param>
        /// <param name="near">How near each is, 0 to 1.</param>
        /// <param name="scale">How many pixels to the right near = 1 moves against near = 0.</param>
        /// <param name="screen">What does not move.</param>
        public void Warp(ReadOnlySpan<byte> source, ReadOnlySpan<float> near, float scale, float screen)
        {
            _near.AsSpan().Fill(Hole);
            bool joinedBefore = false;
            for (int x = 0; x < width; x++)
            {
                float place = x + scale * (near[x] - screen);
                float next = x + 1 < width ? x + 1 + scale * (near[x + 1] - screen) : float.PositiveInfinity;
                bool joined = next >= place && next - place <= 1 + Stretch;
                if (joined)
                {
                    for (int to = Math.Max(0, (int)MathF.Ceiling(place)); to <= next && to < width; to++)
                    {
                        float part = next > place ? (to - place) / (next - place) : 0;
                        Put(to, near[x] + part * (near[x + 1] - near[x]), source.Slice(3 * x, 6), part);
                    }
                }
                else if (!joinedBefore)
                {
                    int to = (int)MathF.Round(place);
                    if (to >= 0 && to < width) Put(to, near[x], source.Slice(3 * x, 3), 0);
                }
                joinedBefore = joined;
            }
        }

        /// <summary>Fills what nothing landed on by mirroring what is behind at the hole's farther rim.</summary>
        public void FillHoles()
        {
            for (int start = 0, end; start < width; start = end + 1)
            {
                if (_near[start] != Hole)
                {
                    end = start;
                    continue;
                }
                for (end = start; end < width && _near[end] == Hole;) end++;
                bool fromRight = start == 0 || end < width && _near[end] < _near[start - 1];
                if (fromRight && end < width) Fill(end, start, -1);
                else if (start > 0) Fill(start - 1, end - 1, 1);
            }
        }

        /// <summary>Paints from a pixel of the farther rim, or a little before it, up to the hole's other end.</summary>
        private void Fill(int rim, int last, int step)
        {
            int edge = rim;
            for (int k = 1; k < _rim && IsFilled(edge - step) && Math.Abs(_near[edge - step] - _near[rim]) <= SameSurface; k++) edge -= step;
            float surface = _near[rim] + SameSurface;
            int from = edge;
            for (int to = edge + step; to != last + step; to += step)
            {
                int mirrored = from - step;
                if (IsFilled(mirrored) && _near[mirrored] <= surface) from = mirrored;
                _pixels.AsSpan(3 * from, 3).CopyTo(_pixels.AsSpan(3 * to));
                _near[to] = _near[rim];
            }
        }

        private bool IsFilled(int x) => x >= 0 && x < width && _near[x] != Hole;

        private void Put(int to, float near, ReadOnlySpan<byte> colors, float part)
        {
            if (near <= _near[to]) return;
            _near[to] = near;
            for (int c = 0; c < 3; c++)
                _pixels[3 * to + c] = part == 0 ? colors[c] : (byte)(colors[c] + part * (colors[c + 3] - colors[c]) + 0.5f);
        }
    }
}
