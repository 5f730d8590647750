using System.Numerics;

namespace Depth2Img.Imaging.Drawing;

/// <summary>One character's strokes.</summary>
/// <param name="Width">From the leftmost to the rightmost stroke's middle, in font units.</param>
/// <param name="Strokes">Polylines in font units, x to the right from the leftmost, y up from the base line.</param>
internal sealed record Glyph(float Width, IReadOnlyList<Vector2[]> Strokes);
