namespace Depth2Img.Benchmarking.Reports;

/// <summary>A row of the summary: what is aimed at in each column, and how the worst figure of a report is found.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Aims">One for each of <see cref="Columns"/>.</param>
/// <param name="Figure">The worst figure that the column's reports have, or null if they have none.</param>
/// <param name="Format">Shows a figure or an aim.</param>
/// <param name="IsCeiling">Whether figures should be below the aim.</param>
internal sealed record Promise(string Name, double[] Aims, Func<ReportSet, double?> Figure, Func<double, string> Format, bool IsCeiling = false)
{
    private const int LeastRows = 256, LeastChannels = 64, LeastSide = 16;

    /// <summary>The tiers that are columns, and their headings.</summary>
    public static IReadOnlyList<(string Tier, string Heading)> Columns { get; } =
        [("avx2", "AVX2"), ("avx512", "AVX-512 float32"), ("avx512bf16", "bf16 products at double rate"), ("amx", "AMX")];

    /// <summary>All rows.</summary>
    public static IReadOnlyList<Promise> All { get; } =
    [
        new("GEMM 2048³, of the peak of the type used", [0.8, 0.8, 0.75, 0.55], r => Worst(r.Kernels.Where(k => k.Group == "gemm"), k => k.EffectiveFraction), ReportTable.Percent),
        new("the UNet's linears of 256 rows and more, the worst shape, of the peak of the type used", [0.8, 0.8, 0.75, 0.55],
            r => Worst(r.Kernels.Where(k => k.Group == "linear" && KernelShape.Of(k).Rows >= LeastRows), k => k.EffectiveFraction), ReportTable.Percent),
        new("those of fewer rows, of the smaller of peak and memory's bound", [0.8, 0.8, 0.75, 0.55],
            r => Worst(r.Kernels.Where(k => k.Group == "linear" && KernelShape.Of(k).Rows < LeastRows), k => k.BoundFraction), ReportTable.Percent),
        new("3x3 convolutions of step 1, at least 64 channels, at 16² and larger, the worst shape: effective, of the float32 peak (AMX: of the bf16 peak)", [1.65, 1.65, 1.65, 0.42],
            r => Worst(r.Kernels.Where(k => k.Group == "conv 3x3" && KernelShape.Of(k) is { } s && s.Side >= LeastSide && Math.Min(s.Inputs, s.Outputs) >= LeastChannels), k => k.EffectiveFraction), ReportTable.Percent),
        new("attention, 4096 tokens, 5 heads of 64, of the peak of the type used", [0.55, 0.6, 0.4, 0.18], r => Worst(r.Kernels.Where(k => k.Group == "attention"), k => k.EffectiveFraction), ReportTable.Percent),
        new("full-size UNet step, batch 2, 64x64 latents, against ONNX Runtime float32", [1.4, 1.5, 2.3, 7], r => Ratio(r, "UNet step"), Times),
        new("full-size VAE decode to 512x512, against ONNX Runtime float32", [1.8, 1.8, 1.9, 7], r => Ratio(r, "VAE decode"), Times),
        new("all threads against one, the worst, of what the peak loop gains", [0.93, 0.93, 0.93, 0.93], r => Worst(r.Threads, t => t.Efficiency), ReportTable.Number),
        new("time a multiply-add that is computed, at 768 and 1024, the worst, of that at 512", [1, 1, 1, 1], r => Worst(GrowthTable.Growth(r.Alone).Where(g => !g.IsSmallest), g => -g.Real) is double worst ? -worst : null, ReportTable.Number, IsCeiling: true),
    ];

    /// <summary>Whether a figure keeps the promise, as it is shown: a half of the last digit does not count.</summary>
    public bool IsKept(double figure, double aim) => IsCeiling ? Math.Round(figure, 2) <= aim : Math.Round(figure, 2) >= aim;

    private static string Times(double ratio) => $"{ReportTable.Number(ratio)}x";

    private static double? Ratio(ReportSet reports, string work) =>
        reports.Networks.FirstOrDefault(n => n.Model == "sd2-depth" && n.Name.StartsWith(work, StringComparison.Ordinal) && n.Timing.PeerRatio is not null)?.Timing.PeerRatio;

    private static double? Worst<T>(IEnumerable<T> figures, Func<T, double> of) => figures.Select(of).Cast<double?>().DefaultIfEmpty(null).Min();
}
