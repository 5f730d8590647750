namespace Depth2Img.Layers;

/// <summary>
/// Finds where depth falls into groups: the thresholds that make the groups' own variances least. For two groups this is
/// Otsu's method (1979), for more its generalisation, which is k-means on the values. Dynamic programming over a histogram
/// finds the best of all cuts, so that nothing depends on a start.
/// </summary>
internal static class DepthThresholds
{
    private const int Bins = 256;

    /// <summary>Finds the thresholds.</summary>
    /// <param name="values">From 0 to 1.</param>
    /// <param name="groups">How many groups, at least 2.</param>
    /// <returns>groups - 1 thresholds, ascending, each in the middle between the nearest values of its two groups.</returns>
    /// <exception cref="Depth2ImgException">There are fewer different values than groups.</exception>
    public static double[] Find(ReadOnlySpan<float> values, int groups)
    {
        double[] histogram = new double[Bins];
        foreach (float value in values) histogram[Math.Min(Bins - 1, (int)(value * Bins))]++;
        int[] used = [.. Enumerable.Range(0, Bins).Where(bin => histogram[bin] > 0)];
        if (used.Length < groups)
            throw new Depth2ImgException($"The depth map has {used.Length} {(used.Length == 1 ? "level" : "levels")} and cannot be cut into {groups} layers; a map with more depth, or masks, would be right.");

        int[] starts = BestStarts(histogram, used, groups);
        return [.. starts.Select(start => (used[start - 1] + 1 + used[start]) / (2.0 * Bins))];
    }

    /// <summary>The first level of each group but the farthest, as indices into the levels in use.</summary>
    private static int[] BestStarts(double[] histogram, int[] used, int groups)
    {
        int levels = used.Length;
        double[] weight = new double[levels + 1], moment = new double[levels + 1];
        for (int i = 0; i < levels; i++)
        {
            weight[i + 1] = weight[i] + histogram[used[i]];
            moment[i + 1] = moment[i] + histogram[used[i]] * used[i];
        }
        // The variance within groups is least where the sum of squared moments by weight is greatest.
        double Gain(int from, int to) => (moment[to] - moment[from]) * (moment[to] - moment[from]) / (weight[to] - weight[from]);

        // best[k, n]: of the first n levels in k + 1 groups.
        double[,] best = new double[groups, levels + 1];
        int[,] start = new int[groups, levels + 1];
        for (int n = 1; n <= levels; n++) best[0, n] = Gain(0, n);
        for (int k = 1; k < groups; k++)
        {
            for (int n = k + 1; n <= levels; n++)
            {
                best[k, n] = double.NegativeInfinity;
                for (int s = k; s < n; s++)
                {
                    double gain = best[k - 1, s] + Gain(s, n);
                    if (gain > best[k, n]) (best[k, n], start[k, n]) = (gain, s);
                }
            }
        }
        int[] starts = new int[groups - 1];
        for (int k = groups - 1, n = levels; k > 0; k--) starts[k - 1] = n = start[k, n];
        return starts;
    }
}
