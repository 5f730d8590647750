namespace Depth2Img.Depth.Views;

/// <summary>How a picture is seen from beside where it was taken.</summary>
public sealed record StereoOptions
{
    /// <summary>
    /// How far apart the eyes are: how much more the nearest point moves between them than the farthest, as a part of the picture's width,
    /// 0 to 0.2. Screens are watched with comfort up to about 0.03.
    /// </summary>
    /// <exception cref="Depth2ImgException">Out of its range.</exception>
    public double EyeDistance
    {
        get;
        init => field = value is >= 0 and <= 0.2 ? value : throw new Depth2ImgException($"An eye distance of {value} is not usable; it is a part of the picture's width, 0 to 0.2.");
    } = 0.03;

    /// <summary>What lies in the screen's plane and does not move: 0 is the farthest point, 1 the nearest. What is nearer stands out of the screen.</summary>
    /// <exception cref="Depth2ImgException">Out of its range.</exception>
    public double ScreenDepth
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new Depth2ImgException($"A screen depth of {value} is not usable; it must be 0 (farthest) to 1 (nearest).");
    } = 0.5;

    /// <summary>How far a slope between near and far may reach, in pixels, to be made a step; 0 leaves slopes alone, null takes a hundredth of the longer side.</summary>
    public int? EdgeRadius { get; init; }
}
