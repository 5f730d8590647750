namespace Depth2Img.Imaging.Png;

/// <summary>What a PNG's samples mean, numbered as in IHDR.</summary>
internal enum PngColorType
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}
