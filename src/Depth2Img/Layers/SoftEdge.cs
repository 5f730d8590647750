namespace Depth2Img.Layers;

/// <summary>
/// Makes a soft mask of a set of pixels: a ramp across its border by the exact distance to it (Felzenszwalb and
/// Huttenlocher, "Distance transforms of sampled functions", 2012), exactly 0 and 1 beyond half the ramp's width.
/// </summary>
internal static class SoftEdge
{
    /// <summary>The mask.</summary>
    /// <param name="inside">[height, width].</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="ramp">The ramp's width in pixels; 0 makes a hard mask.</param>
    public static float[] Of(bool[] inside, int width, int height, double ramp)
    {
        float[] mask = new float[inside.Length];
        if (ramp <= 0)
        {
            for (int i = 0; i < mask.Length; i++) mask[i] = inside[i] ? 1 : 0;
            return mask;
        }
        float[] toOutside = SquaredDistances(inside, false, width, height), toInside = SquaredDistances(inside, true, width, height);
        for (int i = 0; i < mask.Length; i++)
        {
            // The border runs between pixels, half a pixel from either.
            double distance = inside[i] ? Math.Sqrt(toOutside[i]) - 0.5 : 0.5 - Math.Sqrt(toInside[i]);
            double t = Math.Clamp(0.5 + distance / ramp, 0, 1);
            mask[i] = (float)(t * t * (3 - 2 * t));
        }
        return mask;
    }

    /// <summary>From each pixel to the nearest that is (or is not) inside; infinite where there is none.</summary>
    private static float[] SquaredDistances(bool[] inside, bool wanted, int width, int height)
    {
        float[] squares = new float[inside.Length];
        for (int i = 0; i < squares.Length; i++) squares[i] = inside[i] == wanted ? 0 : float.PositiveInfinity;
        LowerEnvelope envelope = new(Math.Max(width, height));
        for (int x = 0; x < width; x++) envelope.Transform(squares, x, width, height);
        for (int y = 0; y < height; y++) envelope.Transform(squares, y * width, 1, width);
        return squares;
    }

    /// <summary>One line's transform: the lower envelope of the parabolas that stand on its values.</summary>
    private sealed class LowerEnvelope(int longest)
    {
        private readonly int[] _places = new int[longest];
        private readonly double[] _from = new double[longest];
        private readonly double[] _values = new double[longest];

        public void Transform(float[] plane, int first, int stride, int count)
        {
            int parabolas = 0;
            for (int i = 0; i < count; i++)
            {
                _values[i] = plane[first + i * stride];
                if (double.IsInfinity(_values[i])) continue;
                double from = double.NegativeInfinity;
                while (parabolas > 0 && (from = Crossing(_places[parabolas - 1], i)) <= _from[parabolas - 1]) parabolas--;
                _places[parabolas] = i;
                _from[parabolas] = parabolas == 0 ? double.NegativeInfinity : from;
                parabolas++;
            }
            if (parabolas == 0) return;
            for (int i = 0, p = 0; i < count; i++)
            {
                while (p + 1 < parabolas && _from[p + 1] < i) p++;
                double away = i - _places[p];
                plane[first + i * stride] = (float)(away * away + _values[_places[p]]);
            }
        }

        /// <summary>From where on the later parabola is below the earlier.</summary>
        private double Crossing(int earlier, int later) =>
            (_values[later] + (double)later * later - _values[earlier] - (double)earlier * earlier) / (2.0 * (later - earlier));
    }
}
