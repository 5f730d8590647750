namespace Depth2Img.TestSupport;

/// <summary>Comparisons of number sequences with reference values.</summary>
internal static class NumericAssert
{
    /// <summary>Fails unless every value is within a tolerance of its reference; names the worst one.</summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">As many values.</param>
    /// <param name="tolerance">The largest difference allowed.</param>
    /// <param name="what">What is compared, for the message.</param>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} values where {expected.Length} were expected");
        if (expected.IsEmpty) return;
        int worst = 0;
        double largest = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            if (double.IsNaN(difference)) difference = double.PositiveInfinity;
            if (difference <= largest) continue;
            largest = difference;
            worst = i;
        }
        Assert.True(largest <= tolerance,
            $"{what}: value {worst} of {expected.Length} is {actual[worst]}, {expected[worst]} was expected; the difference is {largest:g4}, {tolerance:g4} is allowed");
    }

    /// <summary>Fails where the root of the mean square difference is more than a part of the reference's standard deviation.</summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">As many values.</param>
    /// <param name="part">The largest part allowed.</param>
    /// <param name="what">What is compared, for the message.</param>
    /// <returns>The part that it is.</returns>
    public static double RootMeanSquare(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double part, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} values where {expected.Length} were expected");
        double squares = 0;
        for (int i = 0; i < expected.Length; i++) squares += ((double)expected[i] - actual[i]) * ((double)expected[i] - actual[i]);
        double found = Math.Sqrt(squares / expected.Length) / StandardDeviation(expected);
        Assert.True(found <= part, $"{what}: the rms difference is {found:g3} standard deviations, {part:g3} is allowed");
        return found;
    }

    /// <summary>The standard deviation, over n.</summary>
    public static double StandardDeviation(ReadOnlySpan<float> values)
    {
        double mean = 0, squares = 0;
        foreach (float value in values) mean += value;
        mean /= values.Length;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / values.Length);
    }

    /// <summary>Fails unless two sequences rise and fall together.</summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">As many values.</param>
    /// <param name="least">The least Pearson correlation allowed.</param>
    /// <param name="what">What is compared, for the message.</param>
    public static void Correlated(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double least, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} values where {expected.Length} were expected");
        double meanExpected = 0, meanActual = 0, product = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            meanExpected += expected[i] / (double)expected.Length;
            meanActual += actual[i] / (double)expected.Length;
        }
        for (int i = 0; i < expected.Length; i++) product += (expected[i] - meanExpected) * (actual[i] - meanActual) / expected.Length;
        double correlation = product / (StandardDeviation(expected) * StandardDeviation(actual));
        Assert.True(correlation >= least, $"{what}: the correlation is {correlation:g4}, {least:g4} is the least");
    }
}
