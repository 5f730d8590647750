namespace Depth2Img.Imaging;

/// <summary>The picture formats that are read; PNG and JPEG are written too.</summary>
public enum ImageFormat
{
    /// <summary>Portable Network Graphics: lossless.</summary>
    Png,

    /// <summary>JPEG: lossy, without transparency.</summary>
    Jpeg,

    /// <summary>Windows bitmap: mostly uncompressed. Only read.</summary>
    Bmp,
}
