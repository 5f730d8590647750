using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Layers;

/// <summary>
/// The guided filter of He, Sun and Tang ("Guided image filtering", 2013) with a colour picture as the guide: in every
/// window the plane becomes a linear function of the picture's colours, so that its edges move to those of the picture
/// and what is smaller than the window vanishes. The functions are fitted to a smaller picture and applied to the picture
/// itself, as in He and Sun's "Fast guided filter" (2015).
/// </summary>
internal sealed class GuidedFilter
{
    /// <summary>The longest side that the functions are fitted at.</summary>
    private const int FittedSide = 512;

    /// <summary>The window's radius, as a part of the longer side.</summary>
    private const double Radius = 1.0 / 40;

    /// <summary>The variance of colours (0 to 1) below which a window has no edge of its own.</summary>
    private const float Regularisation = 1e-3f;

    private readonly Image _guide;
    private readonly int _width, _height;
    private readonly BoxMean _mean;

    /// <summary>Red, green, blue of the smaller picture, and their means.</summary>
    private readonly float[][] _colors, _means;

    /// <summary>The inverse of each window's covariance of colours: rr, rg, rb, gg, gb, bb.</summary>
    private readonly float[][] _inverse;

    /// <param name="guide">The picture whose edges are wanted; its alpha is ignored.</param>
    public GuidedFilter(Image guide)
    {
        _guide = guide;
        WorkedSize(guide, out _width, out _height);
        _mean = new BoxMean(_width, _height, Math.Max(2, (int)Math.Round(Radius * Math.Max(_width, _height))));
        _colors = [.. Enumerable.Range(0, 3).Select(c => PlaneResize.Area(Channel(guide, c), guide.Width, guide.Height, _width, _height))];
        _means = [.. _colors.Select(_mean.Of)];
        _inverse = InvertCovariances();
    }

    /// <summary>Filters a plane.</summary>
    /// <param name="plane">[height, width] of the guide.</param>
    /// <returns>As many values; an input from 0 to 1 may overshoot a little.</returns>
    public float[] Apply(float[] plane)
    {
        float[] small = PlaneResize.Area(plane, _guide.Width, _guide.Height, _width, _height);
        float[] mean = _mean.Of(small);
        float[][] products = [.. _colors.Select(color => _mean.Of(Multiply(color, small)))];
        float[] red = new float[small.Length], green = new float[small.Length], blue = new float[small.Length], rest = new float[small.Length];
        for (int i = 0; i < small.Length; i++)
        {
            float r = products[0][i] - _means[0][i] * mean[i], g = products[1][i] - _means[1][i] * mean[i], b = products[2][i] - _means[2][i] * mean[i];
            red[i] = _inverse[0][i] * r + _inverse[1][i] * g + _inverse[2][i] * b;
            green[i] = _inverse[1][i] * r + _inverse[3][i] * g + _inverse[4][i] * b;
            blue[i] = _inverse[2][i] * r + _inverse[4][i] * g + _inverse[5][i] * b;
            rest[i] = mean[i] - red[i] * _means[0][i] - green[i] * _means[1][i] - blue[i] * _means[2][i];
        }
        float[] result = Enlarge(_mean.Of(rest));
        AddScaled(result, Enlarge(_mean.Of(red)), 0);
        AddScaled(result, Enlarge(_mean.Of(green)), 1);
        AddScaled(result, Enlarge(_mean.Of(blue)), 2);
        return result;
    }

    private static void WorkedSize(Image guide, out int width, out int height)
    {
        double scale = Math.Min(1, (double)FittedSide / Math.Max(guide.Width, guide.Height));
        width = Math.Max(1, (int)Math.Round(guide.Width * scale));
        height = Math.Max(1, (int)Math.Round(guide.Height * scale));
    }

    private float[][] InvertCovariances()
    {
        float[][] inverse = [.. Enumerable.Range(0, 6).Select(_ => new float[_width * _height])];
        float[] Covariance(int a, int b)
        {
            float[] covariance = _mean.Of(Multiply(_colors[a], _colors[b]));
            for (int i = 0; i < covariance.Length; i++) covariance[i] += (a == b ? Regularisation : 0) - _means[a][i] * _means[b][i];
            return covariance;
        }
        float[] rr = Covariance(0, 0), rg = Covariance(0, 1), rb = Covariance(0, 2), gg = Covariance(1, 1), gb = Covariance(1, 2), bb = Covariance(2, 2);
        for (int i = 0; i < rr.Length; i++)
        {
            // By cofactors, in double: gray windows are nearly singular.
            double cofactor0 = (double)gg[i] * bb[i] - (double)gb[i] * gb[i];
            double cofactor1 = (double)rb[i] * gb[i] - (double)rg[i] * bb[i];
            double cofactor2 = (double)rg[i] * gb[i] - (double)rb[i] * gg[i];
            double scale = 1 / (rr[i] * cofactor0 + rg[i] * cofactor1 + rb[i] * cofactor2);
            inverse[0][i] = (float)(cofactor0 * scale);
            inverse[1][i] = (float)(cofactor1 * scale);
            inverse[2][i] = (float)(cofactor2 * scale);
            inverse[3][i] = (float)(((double)rr[i] * bb[i] - (double)rb[i] * rb[i]) * scale);
            inverse[4][i] = (float)(((double)rg[i] * rb[i] - (double)rr[i] * gb[i]) * scale);
            inverse[5][i] = (float)(((double)rr[i] * gg[i] - (double)rg[i] * rg[i]) * scale);
        }
        return inverse;
    }

    private float[] Enlarge(float[] small) => PlaneResize.Bilinear(small, _width, _height, _guide.Width, _guide.Height);

    private void AddScaled(float[] sums, float[] factors, int channel)
    {
        for (int i = 0; i < sums.Length; i++) sums[i] += factors[i] * _guide.Pixels[3 * i + channel] / 255f;
    }

    private static float[] Channel(Image image, int channel)
    {
        float[] plane = new float[image.Width * image.Height];
        for (int i = 0; i < plane.Length; i++) plane[i] = image.Pixels[3 * i + channel] / 255f;
        return plane;
    }

    private static float[] Multiply(float[] a, float[] b)
    {
        float[] product = new float[a.Length];
        for (int i = 0; i < product.Length; i++) product[i] = a[i] * b[i];
        return product;
    }
}
