using System.Numerics;

namespace Depth2Img.Imaging.Drawing;

/// <summary>
/// How much of each pixel strokes of one width with round ends cover, by its middle's distance from the nearest of
/// them. Coverage is the greatest of all strokes', not their sum, so that joints and crossings are as dark as the rest.
/// </summary>
internal sealed class StrokeMask
{
    private readonly int _left, _top, _width, _height;
    private readonly float[] _coverage;

    /// <summary>Measures strokes.</summary>
    /// <param name="strokes">Polylines in pixels; one of a single point is a dot.</param>
    /// <param name="strokeWidth">Pixels.</param>
    /// <param name="canvasWidth">Columns of the canvas; what lies outside is left out.</param>
    /// <param name="canvasHeight">Rows of the canvas.</param>
    public StrokeMask(IReadOnlyCollection<Vector2[]> strokes, double strokeWidth, int canvasWidth, int canvasHeight)
    {
        float reach = (float)strokeWidth / 2 + 0.5f;
        Vector2 least = new(float.MaxValue), most = new(float.MinValue);
        foreach (Vector2 point in strokes.SelectMany(stroke => stroke))
        {
            least = Vector2.Min(least, point);
            most = Vector2.Max(most, point);
        }
        (_left, int right) = Covered(least.X, most.X, reach, canvasWidth);
        (_top, int bottom) = Covered(least.Y, most.Y, reach, canvasHeight);
        _width = Math.Max(0, right - _left);
        _height = Math.Max(0, bottom - _top);
        _coverage = new float[_width * _height];
        if (_coverage.Length == 0) return;
        foreach (Vector2[] stroke in strokes)
        {
            if (stroke.Length == 1) Add(stroke[0], stroke[0], reach);
            for (int i = 1; i < stroke.Length; i++) Add(stroke[i - 1], stroke[i], reach);
        }
    }

    /// <summary>Lists every pixel that is touched.</summary>
    /// <param name="visit">Given column, row and coverage, above 0 to 1.</param>
    public void Visit(Action<int, int, float> visit)
    {
        for (int y = 0, i = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++, i++)
            {
                if (_coverage[i] > 0) visit(_left + x, _top + y, _coverage[i]);
            }
        }
    }

    private void Add(Vector2 from, Vector2 to, float reach)
    {
        (int left, int right) = Covered(Math.Min(from.X, to.X), Math.Max(from.X, to.X), reach, _left + _width);
        (int top, int bottom) = Covered(Math.Min(from.Y, to.Y), Math.Max(from.Y, to.Y), reach, _top + _height);
        Vector2 along = to - from;
        float square = along.LengthSquared();
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                Vector2 offset = new Vector2(x + 0.5f, y + 0.5f) - from;
                float part = square == 0 ? 0 : Math.Clamp(Vector2.Dot(offset, along) / square, 0, 1);
                float coverage = Math.Clamp(reach - (offset - part * along).Length(), 0, 1);
                ref float cell = ref _coverage[(y - _top) * _width + x - _left];
                cell = Math.Max(cell, coverage);
            }
        }
    }

    /// <summary>The pixels whose middles may lie within reach, cut at the canvas.</summary>
    private static (int First, int End) Covered(float least, float most, float reach, int length) =>
        ((int)Math.Clamp(MathF.Floor(least - reach - 0.5f), 0, length), (int)Math.Clamp(MathF.Ceiling(most + reach + 0.5f), 0, length));
}
