namespace Depth2Img.Depth.Views;

/// <summary>
/// How a picture and its relative depth become space. An estimate of inverse depth has no unit: the map's farthest value is
/// put at <see cref="Far"/> and its nearest at <see cref="Near"/>, and 1/distance is linear in the map between them:
/// 1/z = (1 - t)/far + t/near, t from 0 (farthest) to 1 (nearest). A flat map lies at t = 0.5.
/// </summary>
/// <remarks>
/// A pinhole camera at the origin looks along -Z, X points right, Y up, in glTF's way. The pixel whose centre is (u, v), from the
/// upper left corner of a W x H picture, is seen along ((u - W/2)/f, -(v - H/2)/f, -1), with f = max(W, H) / 2 / tan(FieldOfView/2).
/// </remarks>
public sealed record DepthCamera
{
    /// <summary>The angle that the picture's longer side is seen under, in degrees, above 0 and below 180. 55 is a 35 mm lens before a 35 mm film.</summary>
    /// <exception cref="Depth2ImgException">Out of its range.</exception>
    public double FieldOfView
    {
        get;
        init => field = value is > 0 and < 180 ? value : throw new Depth2ImgException($"A field of view of {value} degrees is not usable; it must be above 0 and below 180.");
    } = 55;

    /// <summary>The distance of the nearest point, in metres, above 0.</summary>
    /// <exception cref="Depth2ImgException">Not a number above 0.</exception>
    public double Near
    {
        get;
        init => field = Distance(value, "nearest");
    } = 1;

    /// <summary>The distance of the farthest point, in metres, above <see cref="Near"/>.</summary>
    /// <exception cref="Depth2ImgException">Not a number above 0.</exception>
    public double Far
    {
        get;
        init => field = Distance(value, "farthest");
    } = 4;

    /// <summary>Checks the distances against each other.</summary>
    /// <exception cref="Depth2ImgException">The nearest point is not nearer than the farthest.</exception>
    public void Validate()
    {
        if (!(Near < Far)) throw new Depth2ImgException($"The nearest point at {Near} and the farthest at {Far} metres are not usable: the nearest must be nearer.");
    }

    /// <summary>The distance along the camera's axis of a normalised inverse depth, 0 (farthest) to 1 (nearest).</summary>
    internal double DistanceOf(double t) => 1 / ((1 - t) / Far + t / Near);

    /// <summary>The focal length in pixels of a picture of this size.</summary>
    internal double FocalLength(int width, int height) => Math.Max(width, height) / 2.0 / Math.Tan(FieldOfView * Math.PI / 360);

    private const double LeastDistance = 1e-6, MostDistance = 1e9;

    private static double Distance(double value, string which) => value is >= LeastDistance and <= MostDistance
        ? value
        : throw new Depth2ImgException($"A distance of {value} metres for the {which} point is not usable; it must be from {LeastDistance} to {MostDistance}.");
}
