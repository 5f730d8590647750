namespace Depth2Img.Imaging;

/// <summary>A decoder's result, from which the picture is made in the form that is asked for. As stored, not turned upright.</summary>
internal interface IPixelSource
{
    int Width { get; }

    int Height { get; }

    /// <summary>An 8-bit RGB picture.</summary>
    Image ToRgb();

    /// <summary>One gray value a pixel, 0 to 1, with all the bits that the file has.</summary>
    float[] ToGray();
}
