namespace Depth2Img.Imaging.Jpeg;

/// <summary>A JPEG's pixels. A grayscale file's samples are its gray; colours are weighed as for any other format.</summary>
internal sealed class JpegPixelSource(JpegImage jpeg) : IPixelSource
{
    public int Width => jpeg.Width;

    public int Height => jpeg.Height;

    public Image ToRgb() => jpeg.ToRgb();

    public float[] ToGray() => (jpeg.Gray is { } gray
        ? new PixelSamples(Width, Height, 1, gray)
        : new PixelSamples(Width, Height, 3, jpeg.ToRgb().Pixels)).ToGray();
}
