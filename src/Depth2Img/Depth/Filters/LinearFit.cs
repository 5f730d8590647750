namespace Depth2Img.Depth.Filters;

/// <summary>The scale and the shift that bring one map closest to another, by least squares.</summary>
internal static class LinearFit
{
    /// <summary>Fits y = scale x + shift.</summary>
    /// <param name="x">The values to be scaled.</param>
    /// <param name="y">The values to be met.</param>
    /// <param name="without">How little each counts: 0 is fully, 1 not at all; null where all count.</param>
    public static (double Scale, double Shift) Of(float[] x, float[] y, float[]? without)
    {
        double weights = 0, meanX = 0, meanY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double weight = 1 - (without?[i] ?? 0);
            weights += weight;
            meanX += weight * x[i];
            meanY += weight * y[i];
        }
        if (without is not null && weights < 2) return Of(x, y, null);
        meanX /= weights;
        meanY /= weights;
        double product = 0, square = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double weight = 1 - (without?[i] ?? 0), dx = x[i] - meanX;
            product += weight * dx * (y[i] - meanY);
            square += weight * dx * dx;
        }
        // A map that runs the other way round agrees with nothing; turned about, it would be wrong inside the region.
        double scale = square > 0 ? Math.Max(0, product / square) : 0;
        return (scale, meanY - scale * meanX);
    }
}
