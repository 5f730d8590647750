namespace Depth2Img.Imaging.Drawing;

/// <summary>How a line of text looks.</summary>
/// <param name="Size">The em in pixels: capitals are 0.7 of it high, and what hangs below the base line 0.2.</param>
/// <param name="Color">The strokes' colour.</param>
/// <param name="Bold">Whether strokes are thick.</param>
internal readonly record struct TextStyle(double Size, Rgb Color, bool Bold = false)
{
    /// <summary>The strokes' width in pixels: never below what shows in full colour.</summary>
    public double StrokeWidth => Math.Max(1, Size * (Bold ? LabelFont.BoldStroke : LabelFont.RegularStroke) / LabelFont.UnitsPerEm);

    /// <summary>The distance of two lines' base lines in pixels.</summary>
    public int LineHeight => (int)Math.Ceiling(Size * 1.3);

    /// <summary>How high capitals are, in pixels.</summary>
    public double CapHeight => Size * LabelFont.CapHeight / LabelFont.UnitsPerEm;
}
