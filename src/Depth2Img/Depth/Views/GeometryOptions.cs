namespace Depth2Img.Depth.Views;

/// <summary>How a depth map becomes a point cloud or a mesh.</summary>
public sealed record GeometryOptions
{
    /// <summary>Where the camera stands and how far things are.</summary>
    public DepthCamera Camera { get; init; } = new();

    /// <summary>The most points on the grid's longer side, 2 to 8192; a smaller picture gives a point for each pixel.</summary>
    /// <exception cref="Depth2ImgException">Out of its range.</exception>
    public int Detail
    {
        get;
        init => field = value is >= 2 and <= 8192 ? value : throw new Depth2ImgException($"A detail of {value} points is not usable; it must be 2 to 8192.");
    } = 640;

    /// <summary>A mesh is cut between neighbours of which one is farther than the other by more than this part of the nearer one's distance, above 0.</summary>
    /// <exception cref="Depth2ImgException">Not a number above 0.</exception>
    public double EdgeCut
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new Depth2ImgException($"An edge cut of {value} is not usable; it must be a number above 0.");
    } = 0.1;

    /// <summary>
    /// How far a slope between near and far may reach, in points of the grid, to be made a step before the mesh is cut there; 0 leaves
    /// slopes alone, null takes a hundredth of the longer side.
    /// </summary>
    public int? EdgeRadius { get; init; }

    /// <summary>Whether an existing file may be replaced.</summary>
    public bool Overwrite { get; init; }
}
