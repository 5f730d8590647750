namespace Depth2Img.Imaging;

/// <summary>How a pixel of another library's picture lies in memory, 8 bits a channel, in the order of addresses.</summary>
public enum PixelFormat
{
    /// <summary>Red, green, blue.</summary>
    Rgb24,
    /// <summary>Blue, green, red.</summary>
    Bgr24,
    /// <summary>Red, green, blue, opacity; colours not multiplied by it.</summary>
    Rgba32,
    /// <summary>Blue, green, red, opacity; colours not multiplied by it.</summary>
    Bgra32,
    /// <summary>Red, green, blue, opacity; colours multiplied by it.</summary>
    Rgba32Premultiplied,
    /// <summary>Blue, green, red, opacity; colours multiplied by it.</summary>
    Bgra32Premultiplied,
    /// <summary>One gray byte.</summary>
    Gray8,
}
