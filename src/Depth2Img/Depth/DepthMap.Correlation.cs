namespace Depth2Img.Depth;

public sealed partial class DepthMap
{
    /// <summary>
    /// Pearson's correlation of two maps, which knows neither scale nor shift: 1 where one is the other scaled, 0
    /// where they have nothing in common, -1 where near and far are exchanged.
    /// </summary>
    /// <param name="a">One map.</param>
    /// <param name="b">The other, of the same size.</param>
    /// <returns>-1 to 1; 0 where either map is flat, for then nothing agrees or disagrees.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static double Correlation(DepthMap a, DepthMap b)
    {
        RequireSameSize(a, b);
        if (a.IsFlat || b.IsFlat) return 0;
        return Pearson(a.Values.Length, i => a.Values[i], i => b.Values[i]);
    }

    /// <summary>
    /// Spearman's correlation: Pearson's of the ranks, so that only the order of depth counts, however either map
    /// bends it. Equal values share their mean rank.
    /// </summary>
    /// <inheritdoc cref="Correlation"/>
    public static double RankCorrelation(DepthMap a, DepthMap b)
    {
        RequireSameSize(a, b);
        if (a.IsFlat || b.IsFlat) return 0;
        double[] ranksOfA = Ranks(a.Values), ranksOfB = Ranks(b.Values);
        return Pearson(ranksOfA.Length, i => ranksOfA[i], i => ranksOfB[i]);
    }

    private static void RequireSameSize(DepthMap a, DepthMap b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Width != b.Width || a.Height != b.Height)
            throw new ArgumentException($"Maps of {a.Width}x{a.Height} and {b.Width}x{b.Height} cannot be compared; resize one first.", nameof(b));
    }

    private static double Pearson(int count, Func<int, double> a, Func<int, double> b)
    {
        double meanOfA = 0, meanOfB = 0;
        for (int i = 0; i < count; i++)
        {
            meanOfA += a(i) / count;
            meanOfB += b(i) / count;
        }
        double product = 0, squareOfA = 0, squareOfB = 0;
        for (int i = 0; i < count; i++)
        {
            double x = a(i) - meanOfA, y = b(i) - meanOfB;
            product += x * y;
            squareOfA += x * x;
            squareOfB += y * y;
        }
        // Roots apart: the product of the squares may leave double's range.
        double scale = Math.Sqrt(squareOfA) * Math.Sqrt(squareOfB);
        return scale > 0 ? Math.Clamp(product / scale, -1, 1) : 0;
    }

    private static double[] Ranks(float[] values)
    {
        float[] sorted = [.. values];
        int[] order = new int[values.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(sorted, order);
        double[] ranks = new double[values.Length];
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start];) end++;
            double shared = (start + end - 1) / 2.0;
            for (int i = start; i < end; i++) ranks[order[i]] = shared;
        }
        return ranks;
    }
}
