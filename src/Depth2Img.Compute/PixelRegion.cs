namespace Depth2Img.Compute;

/// <summary>A rectangle of a picture's pixels.</summary>
/// <param name="Top">The first row.</param>
/// <param name="Left">The first column.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct PixelRegion(int Top, int Left, int Height, int Width);
