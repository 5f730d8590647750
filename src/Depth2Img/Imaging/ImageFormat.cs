namespace Depth2Img.Imaging;

/// <summary>The picture formats that are read and written.</summary>
public enum ImageFormat
{
    /// <summary>Portable Network Graphics: lossless.</summary>
    Png,

    /// <summary>JPEG: lossy, without transparency.</summary>
    Jpeg,
}
