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

    /// <summary>Rows worked on at a time, at least: of a large photograph's map, what is in between takes a part of its memory only.</summary>
    private const int BandRows = 256;

    public static float[] Apply(float[] values, int width, int height, int radius, double range)
    {
        for (int pass = 0; pass < Passes; pass++)
        {
            float[] result = new float[values.Length];
            int band = Math.Max(BandRows, 4 * radius);
            for (int top = 0; top < height; top += band)
            {
                // With the rows above and below that its windows reach.
                int end = Math.Min(height, top + band), first = Math.Max(0, top - radius), last = Math.Min(height, end + radius);
                float[] rows = values[(first * width)..(last * width)];
                float[] least = SlidingExtremes.Least(rows, width, last - first, radius), largest = SlidingExtremes.Largest(rows, width, last - first, radius);
                for (int i = (top - first) * width; i < (end - first) * width; i++)
                    result[first * width + i] = Toggle(rows[i], least[i], largest[i], range);
            }
            values = result;
        }
        return values;
    }

    private static float Toggle(float value, float least, float largest, double range)
    {
        double span = (double)largest - least, above = (double)value - least;
        bool between = span > Border * range && above > Side * span && above < (1 - Side) * span;
        return !between ? value : above < span / 2 ? least : largest;
    }
}
