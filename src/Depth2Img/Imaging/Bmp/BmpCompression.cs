namespace Depth2Img.Imaging.Bmp;

/// <summary>How a BMP's pixels are stored.</summary>
internal enum BmpCompression
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>Runs of 8-bit indices.</summary>
    Rle8,

    /// <summary>Runs of 4-bit indices.</summary>
    Rle4,

    /// <summary>In words whose parts three masks tell.</summary>
    BitFields,

    /// <summary>In words whose parts four masks tell.</summary>
    AlphaBitFields,
}
