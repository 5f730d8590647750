namespace Depth2Img.Depth.Views;

/// <summary>How a parallax animation moves.</summary>
public sealed record ParallaxOptions
{
    /// <summary>How far the point of view sways in all, and what does not move.</summary>
    public StereoOptions View { get; init; } = new();

    /// <summary>Frames of one turn from side to side and back, 2 to 240.</summary>
    /// <exception cref="Depth2ImgException">Out of its range.</exception>
    public int Frames
    {
        get;
        init => field = value is >= 2 and <= 240 ? value : throw new Depth2ImgException($"An animation of {value} frames is not usable; it must be 2 to 240.");
    } = 24;

    /// <summary>How long a frame is shown, in milliseconds, 10 to 10,000.</summary>
    /// <exception cref="Depth2ImgException">Out of its range.</exception>
    public int FrameMilliseconds
    {
        get;
        init => field = value is >= 10 and <= 10_000 ? value : throw new Depth2ImgException($"A frame time of {value} ms is not usable; it must be 10 to 10000.");
    } = 60;

    /// <summary>The animation's longer side in pixels, 16 to 4096; a larger picture is scaled down.</summary>
    /// <exception cref="Depth2ImgException">Out of its range.</exception>
    public int MaxSide
    {
        get;
        init => field = value is >= 16 and <= 4096 ? value : throw new Depth2ImgException($"An animation of {value} pixels is not usable; its longer side must be 16 to 4096.");
    } = 480;

    /// <summary>Whether an existing file may be replaced.</summary>
    public bool Overwrite { get; init; }
}
