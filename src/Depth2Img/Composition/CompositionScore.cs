using Depth2Img.Depth;

namespace Depth2Img.Composition;

/// <summary>How much of a picture's composition another has. <see cref="CompositionScorer"/> measures it.</summary>
/// <param name="Depth">
/// Pearson's correlation of both pictures' depth as one estimator sees it (<see cref="DepthMap.Correlation"/>), which knows
/// neither scale nor shift: 1 is the same depth, 0 none of it, -1 near and far exchanged.
/// </param>
/// <param name="Edges">
/// The F1 of both pictures' edges, 0 to 1: the harmonic mean of the part of the new picture's edges that lie near one of the
/// input's, and the part of the input's that lie near one of the new picture's. Near is within 1 % of the diagonal. 1
/// where neither has edges, 0 where only one has.
/// </param>
public readonly record struct CompositionScore(double Depth, double Edges)
{
    /// <summary>How near two edges must be, as a part of the picture's diagonal.</summary>
    public const double EdgeTolerance = 0.01;

    /// <summary>The mean of several scores.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static CompositionScore Mean(IReadOnlyCollection<CompositionScore> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0) throw new ArgumentException("There is no mean of no scores.", nameof(scores));
        return new CompositionScore(scores.Average(s => s.Depth), scores.Average(s => s.Edges));
    }

    /// <summary>The F1 of two pictures' edges.</summary>
    /// <param name="input">The input's.</param>
    /// <param name="result">The new picture's, of the same size.</param>
    internal static double EdgeF1(EdgeMap input, EdgeMap result)
    {
        int edgesOfInput = input.Count, edgesOfResult = result.Count;
        if (edgesOfInput == 0 && edgesOfResult == 0) return 1;
        if (edgesOfInput == 0 || edgesOfResult == 0) return 0;
        double tolerance = EdgeTolerance * Math.Sqrt((double)input.Width * input.Width + (double)input.Height * input.Height);
        double precision = CountOn(result, input.Near(tolerance)) / (double)edgesOfResult;
        double recall = CountOn(input, result.Near(tolerance)) / (double)edgesOfInput;
        return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    }

    private static int CountOn(EdgeMap edges, bool[] places)
    {
        int count = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (edges.IsEdge[i] && places[i]) count++;
        }
        return count;
    }
}
