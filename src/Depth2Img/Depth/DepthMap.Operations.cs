using Depth2Img.Imaging.Resize;

namespace Depth2Img.Depth;

public sealed partial class DepthMap
{
    /// <summary>The smallest and the largest value; equal where the map is flat.</summary>
    public (float Far, float Near) Range
    {
        get
        {
            float least = Values[0], largest = Values[0];
            foreach (float value in Values)
            {
                least = Math.Min(least, value);
                largest = Math.Max(largest, value);
            }
            return (least, largest);
        }
    }

    /// <summary>Whether all values are the same: legal, and means "no depth".</summary>
    public bool IsFlat
    {
        get
        {
            (float far, float near) = Range;
            return far == near;
        }
    }

    /// <summary>The smallest flat map: no depth.</summary>
    public static DepthMap None => new(1, 1, [0]);

    /// <summary>Scales to 0 (farthest) to 1 (nearest) by the map's own range. A flat map becomes 0.5 all over: neither near nor far.</summary>
    public DepthMap Normalise01() => Scale(0, 1, 0.5f);

    /// <summary>Turns near and far round, within the same range. For maps in which white or larger is farther.</summary>
    public DepthMap Invert()
    {
        (float far, float near) = Range;
        // In double: the sum of two large values of one sign must not overflow.
        double sum = (double)far + near;
        return Map(value => (float)(sum - value));
    }

    /// <summary>
    /// Clips to a part of the map's own range and keeps the unit: with 0.2 and 0.9 all that is in the farthest fifth
    /// becomes equally far, and all in the nearest tenth equally near.
    /// </summary>
    /// <param name="far">The farthest kept, 0 to 1 of the range.</param>
    /// <param name="near">The nearest kept, 0 to 1 of the range, above <paramref name="far"/>.</param>
    /// <exception cref="Depth2ImgException">Not 0 &lt;= far &lt; near &lt;= 1.</exception>
    public DepthMap Clip(double far, double near)
    {
        if (!(far >= 0 && far < near && near <= 1))
            throw new Depth2ImgException($"A depth map cannot be clipped to {far} .. {near}; far and near are parts of its range, 0 <= far < near <= 1.");
        (float least, float largest) = Range;
        double span = (double)largest - least;
        float low = (float)(least + far * span), high = (float)(least + near * span);
        return Map(value => Math.Clamp(value, low, high));
    }

    /// <summary>Bends depth within the map's own range: the normalised value to the power of gamma. Above 1 pushes the middle away, below 1 pulls it near; both ends stay.</summary>
    /// <param name="gamma">The exponent, finite and above 0.</param>
    /// <exception cref="Depth2ImgException">The exponent is not finite or not above 0.</exception>
    public DepthMap Gamma(double gamma)
    {
        if (!(gamma > 0 && double.IsFinite(gamma)))
            throw new Depth2ImgException($"A depth map cannot be bent by gamma {gamma}; it must be a number above 0.");
        (float far, float near) = Range;
        double span = (double)near - far;
        if (span == 0) return this;
        return Map(value => Math.Clamp((float)(far + Math.Pow((value - (double)far) / span, gamma) * span), far, near));
    }

    /// <summary>Resizes as torch's bicubic interpolation does (A = -0.75, corners not aligned, no antialiasing). May overshoot the map's range by a little.</summary>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="height">New rows, at least 1.</param>
    public DepthMap ResizeTo(int width, int height) =>
        new(width, height, PlaneResize.Bicubic(Values, Width, Height, width, height));

    /// <summary>Resizes smoothly and within the map's range: linear where an axis grows, the mean of the area where it shrinks. For maps to look at or to store.</summary>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="height">New rows, at least 1.</param>
    public DepthMap ResizeSmooth(int width, int height) =>
        new(width, height, PlaneResize.Area(Values, Width, Height, width, height));

    /// <summary>
    /// The map as the denoiser takes it: one bicubic resize to the latent's size, then scaled to -1 (farthest) to 1
    /// (nearest) by its own range there. A flat map becomes 0, "no depth".
    /// </summary>
    /// <param name="latentWidth">The latent's columns, at least 1.</param>
    /// <param name="latentHeight">The latent's rows, at least 1.</param>
    /// <returns>Values [latentHeight, latentWidth].</returns>
    public float[] ToLatentDepth(int latentWidth, int latentHeight) =>
        // Tested before resizing, after which rounding would give a flat map a range of a few ulps.
        IsFlat ? new float[checked(latentWidth * latentHeight)] : ResizeTo(latentWidth, latentHeight).Scale(-1, 1, 0).Values;

    private DepthMap Scale(float low, float high, float flat)
    {
        (float far, float near) = Range;
        // In double, where the difference of any two floats is finite.
        double span = (double)near - far;
        if (span == 0) return Map(_ => flat);
        double factor = high - low;
        return Map(value => (float)(factor * ((value - (double)far) / span) + low));
    }

    private DepthMap Map(Func<float, float> function)
    {
        float[] values = new float[Values.Length];
        for (int i = 0; i < values.Length; i++) values[i] = function(Values[i]);
        return new DepthMap(Width, Height, values);
    }
}
