namespace Depth2Img.Compute.Measurement;

/// <summary>A figure and how it came about.</summary>
/// <param name="Rounds">How many rounds it is the median of.</param>
/// <param name="Dropped">How many more were disturbed: their two peaks differed.</param>
/// <param name="TooNoisy">Whether too few rounds were left. The figure is then that of all rounds, and not to be relied on.</param>
/// <param name="Seconds">Our time, median.</param>
/// <param name="BestSeconds">Our shortest time.</param>
/// <param name="PeakGmacs">The peak, median, GMAC/s.</param>
/// <param name="GmacsAtPeak">What the processor could multiply in our time at the peak of the same round, median, GMAC: the measure of a fraction of the peak.</param>
/// <param name="PeerSeconds">The peer's time, median, if there is one.</param>
/// <param name="PeerRatio">The peer's time through ours in the same round, median: above 1 we are faster.</param>
public sealed record RoundResult(
    int Rounds, int Dropped, bool TooNoisy, double Seconds, double BestSeconds, double PeakGmacs, double GmacsAtPeak, double? PeerSeconds, double? PeerRatio);
