using System.Globalization;

namespace Depth2Img.Inpainting;

/// <summary>A part of a depth map's own range, 0 being its farthest and 1 its nearest value.</summary>
/// <param name="From">The farthest that belongs to it, 0 to 1.</param>
/// <param name="To">The nearest that belongs to it, 0 to 1, above <paramref name="From"/>.</param>
public readonly record struct DepthRange(double From, double To)
{
    /// <summary>Whether 0 &lt;= From &lt; To &lt;= 1.</summary>
    internal bool IsValid => From >= 0 && From < To && To <= 1;

    /// <summary>"0.6..1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}..{To}");
}
