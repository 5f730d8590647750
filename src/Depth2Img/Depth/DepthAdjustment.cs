namespace Depth2Img.Depth;

/// <summary>Corrections of a depth map, applied in this order: turned round, cut to a range of its own extent, bent.</summary>
/// <param name="Invert">Whether the map is turned round (for maps whose white is far).</param>
/// <param name="Far">What becomes the farthest, 0 to 1 of the map's own range.</param>
/// <param name="Near">What becomes the nearest, 0 to 1 of the map's own range, above <paramref name="Far"/>.</param>
/// <param name="Gamma">The power that the range is bent by, above 0: less than 1 brings the middle nearer.</param>
public sealed record DepthAdjustment(bool Invert = false, double Far = 0, double Near = 1, double Gamma = 1)
{
    /// <summary>Nothing is changed.</summary>
    public static DepthAdjustment None { get; } = new();

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="Depth2ImgException">A value is outside its range.</exception>
    public void Validate()
    {
        if (!(Far >= 0 && Near <= 1 && Far < Near))
            throw new Depth2ImgException($"The depth range {Far}..{Near} is not usable: 0 <= far < near <= 1 is needed.");
        if (!(Gamma > 0 && double.IsFinite(Gamma)))
            throw new Depth2ImgException($"The depth gamma {Gamma} is not usable: it must be above 0.");
    }

    /// <summary>The corrected map; the same one if nothing is to be changed.</summary>
    public DepthMap Apply(DepthMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        Validate();
        DepthMap result = Invert ? map.Invert() : map;
        if (Far != 0 || Near != 1) result = result.Clip(Far, Near);
        if (Gamma != 1) result = result.Gamma(Gamma);
        return result;
    }
}
