namespace Depth2Img.Compute;

/// <summary>
/// Mean and spread of every group of channels of one picture, or of a piece of one: what a group normalisation
/// divides by. Those of pieces join to those of the whole.
/// </summary>
/// <param name="count">How many values each group has.</param>
/// <param name="means">Every group's mean.</param>
/// <param name="squares">Every group's sum of squares of the distances from its mean.</param>
public sealed class GroupStatistics(long count, double[] means, double[] squares)
{
    /// <summary>How many values each group has.</summary>
    public long Count { get; } = count;

    /// <summary>How many groups there are.</summary>
    public int Groups => means.Length;

    /// <summary>A group's mean.</summary>
    public double Mean(int group) => means[group];

    /// <summary>A group's variance, over n.</summary>
    public double Variance(int group) => squares[group] / Count;

    /// <summary>The statistics of a picture by those of pieces that cover it without overlap.</summary>
    /// <exception cref="ArgumentException">There are no pieces, or they differ in their groups.</exception>
    public static GroupStatistics Join(IReadOnlyList<GroupStatistics> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (pieces.Count == 0 || pieces.Any(piece => piece.Groups != pieces[0].Groups))
            throw new ArgumentException("One or more pieces of equally many groups are needed.", nameof(pieces));
        long count = pieces.Sum(piece => piece.Count);
        double[] means = new double[pieces[0].Groups], squares = new double[means.Length];
        for (int group = 0; group < means.Length; group++)
        {
            foreach (GroupStatistics piece in pieces) means[group] += piece.Mean(group) * ((double)piece.Count / count);
            foreach (GroupStatistics piece in pieces)
            {
                double distance = piece.Mean(group) - means[group];
                squares[group] += (piece.Variance(group) + distance * distance) * piece.Count;
            }
        }
        return new GroupStatistics(count, means, squares);
    }
}
