namespace Depth2Img.Imaging.Jpeg;

/// <summary>How much coarser colour is stored than brightness.</summary>
internal enum ChromaSubsampling
{
    /// <summary>4:4:4, colour as fine as brightness.</summary>
    None,

    /// <summary>4:2:2, half as many columns.</summary>
    Horizontal,

    /// <summary>4:2:0, half as many columns and rows.</summary>
    Both,
}
