using Depth2Img.Imaging.Drawing;

namespace Depth2Img.Composition;

/// <summary>The colours of a comparison's figure and page.</summary>
internal static class ComparisonColors
{
    /// <summary>Text and lines.</summary>
    public static readonly Rgb Text = Rgb.FromHex(0x1C1E21), Quiet = Rgb.FromHex(0x62676E), Grid = Rgb.FromHex(0xE1E4E8);

    /// <summary>A row's colour: two that people of any colour vision tell apart.</summary>
    public static Rgb Of(ComparisonMethod method) => method == ComparisonMethod.DepthToImage ? Rgb.FromHex(0x1766B5) : Rgb.FromHex(0xD4650B);
}
