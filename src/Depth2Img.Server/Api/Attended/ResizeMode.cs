namespace Depth2Img.Server.Api.Attended;

/// <summary>How a picture is brought to another aspect.</summary>
internal enum ResizeMode
{
    /// <summary>It is stretched.</summary>
    Stretch,
    /// <summary>It covers the new size, and what stands out is cut off, half on each side.</summary>
    Crop,
    /// <summary>It lies within the new size, and its edges are carried on into what is left.</summary>
    Fill,
}
