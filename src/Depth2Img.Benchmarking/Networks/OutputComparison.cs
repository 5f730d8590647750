namespace Depth2Img.Benchmarking.Networks;

/// <summary>Whether two computations of the same thing agree.</summary>
internal static class OutputComparison
{
    /// <summary>The largest difference of two outputs in standard deviations of ours; infinite where one has NaN.</summary>
    /// <param name="ours">Values.</param>
    /// <param name="theirs">As many.</param>
    public static double LargestInDeviations(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs)
    {
        if (ours.Length != theirs.Length) throw new ArgumentException($"{ours.Length} values cannot be compared with {theirs.Length}.", nameof(theirs));
        double sum = 0, squares = 0, largest = 0;
        foreach (float value in ours) sum += value;
        double mean = sum / ours.Length;
        for (int i = 0; i < ours.Length; i++)
        {
            squares += (ours[i] - mean) * (ours[i] - mean);
            double difference = Math.Abs((double)ours[i] - theirs[i]);
            if (double.IsNaN(difference)) return double.PositiveInfinity;
            largest = Math.Max(largest, difference);
        }
        return largest / Math.Sqrt(squares / ours.Length);
    }
}
