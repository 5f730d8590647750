using System.Globalization;
using System.Numerics;

namespace Depth2Img.Imaging.Drawing;

/// <summary>
/// Reads a glyph's drawing, numbers and commands with spaces between them:
/// <c>M x y</c> begins a stroke; <c>L x y</c> goes on straight; <c>Q cx cy x y</c> goes on along a parabola with that
/// control point; <c>O cx cy rx ry from to</c> goes on along an ellipse, by angles in degrees that grow against the
/// clock; <c>N</c> lifts the pen, so that an ellipse may begin a stroke.
/// </summary>
internal static class GlyphPathReader
{
    /// <summary>Pieces of a quarter turn or a parabola: enough to look round at a hundred pixels.</summary>
    private const int PiecesOfCurve = 12;

    /// <summary>Reads strokes.</summary>
    /// <exception cref="FormatException">The drawing is not as above.</exception>
    public static IReadOnlyList<Vector2[]> Read(string drawing)
    {
        string[] words = drawing.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<Vector2[]> strokes = [];
        List<Vector2> stroke = [];
        for (int at = 0; at < words.Length;)
        {
            switch (words[at++])
            {
                case "M":
                    Lift();
                    stroke.Add(Point());
                    break;
                case "L":
                    stroke.Add(Point());
                    break;
                case "Q":
                    AddParabola(stroke, Point(), Point());
                    break;
                case "O":
                    AddArc(stroke, Point(), Point(), Number(), Number());
                    break;
                case "N":
                    Lift();
                    break;
                case string other:
                    throw new FormatException($"'{other}' is no command of a glyph's drawing.");
            }

            float Number() => float.Parse(words[at++], CultureInfo.InvariantCulture);

            Vector2 Point() => new(Number(), Number());
        }
        Lift();
        return strokes;

        void Lift()
        {
            if (stroke.Count > 0) strokes.Add([.. stroke]);
            stroke.Clear();
        }
    }

    private static void AddParabola(List<Vector2> stroke, Vector2 control, Vector2 end)
    {
        Vector2 start = stroke[^1];
        for (int i = 1; i <= PiecesOfCurve; i++)
        {
            float t = (float)i / PiecesOfCurve;
            stroke.Add(Vector2.Lerp(Vector2.Lerp(start, control, t), Vector2.Lerp(control, end, t), t));
        }
    }

    private static void AddArc(List<Vector2> stroke, Vector2 centre, Vector2 radii, float from, float to)
    {
        int pieces = Math.Max(1, (int)MathF.Ceiling(MathF.Abs(to - from) / 90 * PiecesOfCurve));
        for (int i = 0; i <= pieces; i++)
        {
            (float sine, float cosine) = MathF.SinCos(float.DegreesToRadians(from + (to - from) * i / pieces));
            stroke.Add(centre + radii * new Vector2(cosine, sine));
        }
    }
}
