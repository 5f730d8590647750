namespace Depth2Img.Benchmarking.Reports;

/// <summary>What all threads gain over one, medians of rounds.</summary>
/// <param name="Name">The kernel or network.</param>
/// <param name="Threads">How many threads are held against one.</param>
/// <param name="Rounds">How many rounds the figures are medians of.</param>
/// <param name="Dropped">How many more were disturbed.</param>
/// <param name="TooNoisy">Whether too few rounds were left; the figures are then those of all rounds.</param>
/// <param name="OneSeconds">The time on one thread.</param>
/// <param name="AllSeconds">The time on all.</param>
/// <param name="PeakGain">What the peak loop gained.</param>
/// <param name="Efficiency">The work's gain through the peak loop's in the same round.</param>
public sealed record ThreadFigures(string Name, int Threads, int Rounds, int Dropped, bool TooNoisy, double OneSeconds, double AllSeconds, double PeakGain, double Efficiency)
{
    /// <summary>How many times as fast the work is on all threads, of the median times.</summary>
    public double Gain => OneSeconds / AllSeconds;
}
