namespace Depth2Img.Depth.Filters;

/// <summary>
/// Makes slopes steps: where near and far are close together, what lies between goes to the nearer of the two (a toggle mapping,
/// H. Kramer and J. Bruckner 1975, that leaves alone what lies on either side).
/// </summary>
internal static class EdgeSharpening
{
    /// <summary>The least difference within a window that is a border between things, as a part of the map's range; slanting floors differ by less.</summary>
    private const double Border = 0.1;

    /// <summary>How close to either side a value belongs to it, as a part of the window's range.</summary>
    private const double Side = 0.1;

    /// <summary>Slopes are often a little longer than the window; the second time takes what was left.</summary>
    private const int Passes = 2;

    public static float[] Apply(float[] values, int width, int height, int radius, double range)
    {
        for (int pass = 0; pass < Passes; pass++)
        {
            float[] least = SlidingExtremes.Least(values, width, height, radius), largest = SlidingExtremes.Largest(values, width, height, radius);
            float[] result = new float[values.Length];
            for (int i = 0; i < result.Length; i++)
            {
                double span = (double)largest[i] - least[i], above = (double)values[i] - least[i];
                bool between = span > Border * range && above > Side * span && above < (1 - Side) * span;
                result[i] = !between ? values[i] : above < span / 2 ? least[i] : largest[i];
            }
            values = result;
        }
        return values;
    }
}
