using Depth2Img.Depth.Filters;

namespace Depth2Img.Depth;

public sealed partial class DepthMap
{
    /// <summary>The largest deviation or radius that the filters take, in pixels.</summary>
    private const int LargestRadius = 1000;

    /// <summary>The largest radius of a median, whose work grows with its square.</summary>
    private const int LargestMedianRadius = 25;

    /// <summary>Blurs by a Gaussian; edges are repeated outside.</summary>
    /// <param name="sigma">The Gaussian's deviation in pixels, above 0, at most 1000.</param>
    /// <exception cref="Depth2ImgException">The deviation is out of its range.</exception>
    public DepthMap Blur(double sigma)
    {
        if (!(sigma is > 0 and <= LargestRadius))
            throw new Depth2ImgException($"A depth map cannot be blurred by {sigma} pixels; above 0 and at most {LargestRadius} are possible.");
        return With(GaussianFilter.Apply(Values, Width, Height, sigma));
    }

    /// <summary>Smooths surfaces and keeps the steps between them, by the map's own guided filter (K. He et al., "Guided Image Filtering", 2010).</summary>
    /// <param name="radius">How far a pixel sees, in pixels, 1 to 1000.</param>
    /// <param name="step">What counts as a step, as a part of the map's range, above 0: smaller differences are smoothed away.</param>
    /// <exception cref="Depth2ImgException">A value is out of its range.</exception>
    public DepthMap Smooth(int radius, double step = 0.05)
    {
        RequireRadius(radius, LargestRadius, "smoothed");
        if (!(step > 0 && double.IsFinite(step))) throw new Depth2ImgException($"A step of {step} is not usable to smooth a depth map; it must be a number above 0.");
        return IsFlat ? this : With(GuidedFilter.Apply(Values, Width, Height, radius, step * Span));
    }

    /// <summary>Takes the median around each pixel, which removes specks and keeps edges; the window is cut off at the map's sides.</summary>
    /// <param name="radius">The window is 2 radius + 1 pixels wide; 1 to 25.</param>
    /// <exception cref="Depth2ImgException">The radius is out of its range.</exception>
    public DepthMap Median(int radius)
    {
        RequireRadius(radius, LargestMedianRadius, "filtered by a median");
        return With(MedianFilter.Apply(Values, Width, Height, radius));
    }

    /// <summary>
    /// Makes the slopes at the borders of things steps, as they are in the scene: estimates are smooth there, and views made of them
    /// show skins between things. Surfaces are kept, slanting ones too.
    /// </summary>
    /// <param name="radius">How far slopes reach, in pixels, 1 to 1000.</param>
    /// <exception cref="Depth2ImgException">The radius is out of its range.</exception>
    public DepthMap SharpenEdges(int radius)
    {
        RequireRadius(radius, LargestRadius, "sharpened");
        return IsFlat ? this : With(EdgeSharpening.Apply(Values, Width, Height, radius, Span));
    }

    /// <summary>Takes off the slanting plane that lies closest to the map, such as a floor's or a wall's, and keeps the map's mean. Things that stand out from the plane do not tilt it.</summary>
    /// <param name="region">Where the plane is sought; null for the whole map.</param>
    /// <exception cref="ArgumentException">The region is of another size.</exception>
    public DepthMap RemovePlane(DepthMask? region = null)
    {
        region?.RequireSize(Width, Height);
        DepthPlane plane = DepthPlane.Fit(this, region);
        float[] values = new float[Values.Length];
        for (int y = 0, i = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++, i++) values[i] = (float)(Values[i] - plane.SlopeAt(x, y));
        }
        return With(values);
    }

    /// <summary>Brings everything nearer by a part of the map's range, or farther.</summary>
    /// <param name="amount">The part of the map's range: 0.1 brings it a tenth nearer, -0.1 a tenth farther.</param>
    /// <exception cref="Depth2ImgException">Not a finite number.</exception>
    public DepthMap Shift(double amount)
    {
        if (!double.IsFinite(amount)) throw new Depth2ImgException($"A depth map cannot be shifted by {amount}; a number is needed.");
        double by = amount * Span;
        return Map(value => (float)(value + by));
    }

    /// <summary>Merges two maps by a mask: this one where it is 0, the other where it is 1, both between. Any change to a map is kept to a region this way.</summary>
    /// <param name="other">The other map, of the same size and unit.</param>
    /// <param name="mask">How much of the other map, of the same size.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public DepthMap Blend(DepthMap other, DepthMask mask)
    {
        RequireSameSize(this, other);
        ArgumentNullException.ThrowIfNull(mask);
        mask.RequireSize(Width, Height);
        float[] values = new float[Values.Length];
        // In double, where the difference of any two floats is finite.
        for (int i = 0; i < values.Length; i++) values[i] = (float)(Values[i] + mask.Values[i] * ((double)other.Values[i] - Values[i]));
        return With(values);
    }

    /// <summary>Scales and shifts the map so that it lies as close as possible to another, by least squares: relative depth has no unit of its own.</summary>
    /// <param name="other">The map whose unit is taken over, of the same size.</param>
    /// <param name="without">A region that is not compared, such as the one that is to be replaced; null to compare all. Where it covers all, all is compared.</param>
    /// <returns>The map in the other's unit; a flat map, or one that agrees with nothing, gets the other's mean.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public DepthMap AlignTo(DepthMap other, DepthMask? without = null)
    {
        RequireSameSize(this, other);
        without?.RequireSize(Width, Height);
        (double scale, double shift) = LinearFit.Of(Values, other.Values, without?.Values);
        return Map(value => (float)(scale * value + shift));
    }

    internal double Span
    {
        get
        {
            (float far, float near) = Range;
            return (double)near - far;
        }
    }

    private DepthMap With(float[] values) => new(Width, Height, values);

    private static void RequireRadius(int radius, int most, string what)
    {
        if (radius < 1 || radius > most)
            throw new Depth2ImgException($"A depth map cannot be {what} with a radius of {radius} pixels; 1 to {most} are possible.");
    }
}
