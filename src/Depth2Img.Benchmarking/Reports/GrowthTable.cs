namespace Depth2Img.Benchmarking.Reports;

/// <summary>How time grows with the picture's side, held against how the arithmetic does.</summary>
internal static class GrowthTable
{
    /// <summary>The table of all networks that were measured at several sides, the smallest of which the others are compared with.</summary>
    public static ReportTable Of(IEnumerable<NetworkFigures> networks)
    {
        ReportTable table = new("work", "side", "time", "effective GMAC", "time a GMAC", "of the smallest side's", "rounds");
        foreach ((NetworkFigures figures, double growth) in Growth(networks))
        {
            table.Add(
                $"{figures.Model}: {figures.Work}",
                $"{figures.PictureSide}",
                ReportTable.Time(figures.Timing.Seconds),
                ReportTable.Number(figures.Gmac),
                ReportTable.Time(figures.Timing.Seconds / figures.Gmac),
                ReportTable.Number(growth),
                ReportTable.Rounds(figures.Timing.Rounds, figures.Timing.Dropped, figures.Timing.TooNoisy));
        }
        return table;
    }

    /// <summary>
    /// Each network at each side, and its time a GMAC through that of the smallest side. Times are in units of the peak of their own
    /// rounds, so that a clock that changed between them does not count.
    /// </summary>
    public static IEnumerable<(NetworkFigures Figures, double Growth)> Growth(IEnumerable<NetworkFigures> networks)
    {
        foreach (IGrouping<(string, string?), NetworkFigures> group in networks.Where(n => n.PictureSide is not null).GroupBy(n => (n.Model, n.Work)))
        {
            NetworkFigures[] sides = [.. group.OrderBy(n => n.PictureSide).DistinctBy(n => n.PictureSide)];
            if (sides.Length < 2) continue;
            foreach (NetworkFigures figures in sides)
                yield return (figures, figures.Timing.GmacsAtPeak / figures.Gmac / (sides[0].Timing.GmacsAtPeak / sides[0].Gmac));
        }
    }
}
