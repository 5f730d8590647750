namespace Depth2Img.Benchmarking.Reports;

/// <summary>How time grows with the picture's side, held against how the arithmetic does.</summary>
internal static class GrowthTable
{
    /// <summary>The table of all networks that were measured at several sides, the smallest of which the others are compared with.</summary>
    public static ReportTable Of(IEnumerable<NetworkFigures> networks)
    {
        ReportTable table = new("work", "side", "time", "effective GMAC", "time each", "of the smallest side's", "real GMAC", "time each", "of the smallest side's", "rounds");
        foreach (NetworkGrowth grown in Growth(networks))
        {
            NetworkFigures figures = grown.Figures;
            table.Add(
                $"{figures.Model}: {figures.Work}",
                $"{figures.PictureSide}",
                ReportTable.Time(figures.Timing.Seconds),
                ReportTable.Number(figures.Gmac),
                ReportTable.Time(figures.Timing.Seconds / figures.Gmac),
                ReportTable.Number(grown.Effective),
                ReportTable.Number(figures.RealGmac),
                ReportTable.Time(figures.Timing.Seconds / figures.RealGmac),
                ReportTable.Number(grown.Real),
                ReportTable.Rounds(figures.Timing.Rounds, figures.Timing.Dropped, figures.Timing.TooNoisy));
        }
        return table;
    }

    /// <summary>
    /// Each network at each side, with its time a GMAC through that of the smallest side. Times are in units of the peak of their own
    /// rounds, so that a clock that changed between them does not count.
    /// </summary>
    public static IEnumerable<NetworkGrowth> Growth(IEnumerable<NetworkFigures> networks)
    {
        foreach (IGrouping<(string, string?), NetworkFigures> group in networks.Where(n => n.PictureSide is not null).GroupBy(n => (n.Model, n.Work)))
        {
            NetworkFigures[] sides = [.. group.OrderBy(n => n.PictureSide).DistinctBy(n => n.PictureSide)];
            if (sides.Length < 2) continue;
            NetworkFigures least = sides[0];
            foreach (NetworkFigures figures in sides)
            {
                double time = figures.Timing.GmacsAtPeak / least.Timing.GmacsAtPeak;
                yield return new NetworkGrowth(figures, figures == least, time / (figures.Gmac / least.Gmac), time / (figures.RealGmac / least.RealGmac));
            }
        }
    }
}

/// <summary>A network at one side of the picture, held against the smallest side.</summary>
/// <param name="Figures">What was measured.</param>
/// <param name="IsSmallest">Whether it is the smallest side itself, whose ratios are 1 by themselves.</param>
/// <param name="Effective">Time a multiply-add as textbooks count them, of that at the smallest side.</param>
/// <param name="Real">Time a multiply-add that was computed, of that at the smallest side.</param>
internal sealed record NetworkGrowth(NetworkFigures Figures, bool IsSmallest, double Effective, double Real);
