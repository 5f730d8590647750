namespace Depth2Img.Compute.Measurement;

/// <summary>
/// Measures on machines that others use too. A round is: peak, ours, the peer, ours, peak. Where the two peaks differ, something else
/// ran meanwhile, and the round is dropped and counted; fractions and ratios are taken within a round, so that they
/// survive a clock that changes between rounds.
/// </summary>
/// <param name="options">Rounds and limits.</param>
/// <param name="clock">Tells the limit; the work times itself.</param>
public sealed class RoundProtocol(RoundOptions options, TimeProvider clock)
{
    /// <summary>Measures one figure.</summary>
    /// <param name="peak">Measures the processor's peak, GMAC/s.</param>
    /// <param name="ours">Runs our work once and returns its seconds.</param>
    /// <param name="peer">The same for whom we are held against, or null.</param>
    public RoundResult Measure(Func<double> peak, Func<double> ours, Func<double>? peer = null)
    {
        ArgumentNullException.ThrowIfNull(peak);
        ArgumentNullException.ThrowIfNull(ours);
        (IReadOnlyList<Round> used, int dropped, bool tooNoisy) = Collect(() => RunRound(peak, ours, peer), round => Differ(round.Before, round.After));
        return new RoundResult(
            used.Count,
            dropped,
            tooNoisy,
            Median(used.Select(r => r.Seconds)),
            used.Min(r => Math.Min(r.First, r.Second)),
            Median(used.Select(r => r.Peak)),
            Median(used.Select(r => r.Seconds * r.Peak)),
            peer is null ? null : Median(used.Select(r => r.Peer)),
            peer is null ? null : Median(used.Select(r => r.Peer / r.Seconds)));
    }

    /// <summary>Runs rounds of another kind until enough were undisturbed.</summary>
    /// <param name="run">Runs one.</param>
    /// <param name="isDisturbed">Whether a round does not count.</param>
    /// <returns>The rounds that count, or all of them if the machine is too noisy; how many were disturbed; and whether it is.</returns>
    internal (IReadOnlyList<T> Used, int Dropped, bool TooNoisy) Collect<T>(Func<T> run, Func<T, bool> isDisturbed)
    {
        List<T> quiet = [], all = [];
        long start = clock.GetTimestamp();
        while (quiet.Count < options.Rounds && all.Count < options.MaxTries && (all.Count == 0 || clock.GetElapsedTime(start) < options.Limit))
        {
            T round = run();
            all.Add(round);
            if (!isDisturbed(round)) quiet.Add(round);
        }
        // Where the time ran out, fewer quiet rounds must do, and the result says how many.
        bool tooNoisy = quiet.Count < options.Rounds && (quiet.Count == 0 || all.Count >= options.MaxTries);
        return (tooNoisy ? all : quiet, all.Count - quiet.Count, tooNoisy);
    }

    /// <summary>Whether two measurements of one peak say that something else ran between them.</summary>
    internal bool Differ(double before, double after) => Math.Abs(before - after) > options.PeakTolerance * Math.Max(before, after);

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static Round RunRound(Func<double> peak, Func<double> ours, Func<double>? peer)
    {
        double before = peak();
        double first = ours();
        double other = peer?.Invoke() ?? 0;
        double second = ours();
        return new Round(before, first, other, second, peak());
    }

    private readonly record struct Round(double Before, double First, double Peer, double Second, double After)
    {
        public double Seconds => (First + Second) / 2;

        public double Peak => (Before + After) / 2;
    }
}
