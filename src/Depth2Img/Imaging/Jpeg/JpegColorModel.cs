namespace Depth2Img.Imaging.Jpeg;

/// <summary>What a file's components mean.</summary>
internal enum JpegColorModel
{
    /// <summary>One component: brightness.</summary>
    Gray,

    /// <summary>Brightness and two colour differences of full-range ITU-R BT.601, as JFIF has it.</summary>
    YCbCr,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Inks, stored as Adobe does: 255 is none.</summary>
    Cmyk,

    /// <summary>YCbCr of the inverted inks C, M and Y, and black, stored as Adobe does.</summary>
    Ycck,
}
