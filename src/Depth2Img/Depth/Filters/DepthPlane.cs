namespace Depth2Img.Depth.Filters;

/// <summary>A slanting plane through a depth map: value = mean + a (x - x0) + b (y - y0).</summary>
internal readonly record struct DepthPlane(double A, double B, double X0, double Y0)
{
    /// <summary>Rounds of weighting; the plane stands still long before.</summary>
    private const int Rounds = 20;

    /// <summary>Tukey's constant: what lies farther off than this many deviations does not count.</summary>
    private const double Cutoff = 4.685;

    /// <summary>A median of absolute residuals is this part of a normal deviation.</summary>
    private const double MedianToDeviation = 1 / 0.6745;

    /// <summary>The plane's height over its own mean.</summary>
    public double SlopeAt(int x, int y) => A * (x - X0) + B * (y - Y0);

    /// <summary>Fits by least squares, and again with less weight for what lies far off (Tukey's biweight), so that things on a floor do not tilt it.</summary>
    /// <param name="map">The map.</param>
    /// <param name="region">How much each pixel counts; null where all do.</param>
    public static DepthPlane Fit(DepthMap map, DepthMask? region)
    {
        float[] weights = region?.Values ?? Enumerable.Repeat(1f, map.Values.Length).ToArray();
        (DepthPlane plane, double mean) = LeastSquares(map, weights);
        float[] residuals = new float[map.Values.Length], magnitudes = new float[residuals.Length], robust = new float[residuals.Length];
        double smallest = map.Span * 1e-6;
        for (int round = 0; round < Rounds; round++)
        {
            int counted = 0;
            for (int i = 0; i < residuals.Length; i++)
            {
                residuals[i] = (float)(map.Values[i] - mean - plane.SlopeAt(i % map.Width, i / map.Width));
                if (weights[i] > 0.5f) magnitudes[counted++] = Math.Abs(residuals[i]);
            }
            if (counted == 0) break;
            Array.Sort(magnitudes, 0, counted);
            double reach = Cutoff * Math.Max(smallest, magnitudes[counted / 2] * MedianToDeviation);
            for (int i = 0; i < robust.Length; i++)
            {
                double u = residuals[i] / reach, inside = 1 - u * u;
                robust[i] = inside > 0 ? (float)(weights[i] * inside * inside) : 0;
            }
            (DepthPlane next, mean) = LeastSquares(map, robust);
            bool still = Math.Abs(next.A - plane.A) * map.Width + Math.Abs(next.B - plane.B) * map.Height <= smallest;
            plane = next;
            if (still) break;
        }
        return plane with { X0 = (map.Width - 1) / 2.0, Y0 = (map.Height - 1) / 2.0 };
    }

    private static (DepthPlane Plane, double Mean) LeastSquares(DepthMap map, float[] weights)
    {
        double sum = 0, x0 = 0, y0 = 0, mean = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double w = weights[i];
            sum += w;
            x0 += w * (i % map.Width);
            y0 += w * (i / map.Width);
            mean += w * map.Values[i];
        }
        if (sum <= 0) return (new DepthPlane(0, 0, 0, 0), 0);
        x0 /= sum;
        y0 /= sum;
        mean /= sum;
        double xx = 0, xy = 0, yy = 0, xv = 0, yv = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double w = weights[i], x = i % map.Width - x0, y = i / map.Width - y0, v = map.Values[i] - mean;
            xx += w * x * x;
            xy += w * x * y;
            yy += w * y * y;
            xv += w * x * v;
            yv += w * y * v;
        }
        // A region one pixel wide or high says nothing of the slope across it.
        double determinant = xx * yy - xy * xy;
        (double a, double b) = determinant > 1e-9 * xx * yy
            ? ((xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant)
            : (xx > yy ? (xv / xx, 0) : yy > 0 ? (0, yv / yy) : (0, 0));
        return (new DepthPlane(a, b, x0, y0), mean);
    }
}
