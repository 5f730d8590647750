using Depth2Img.Benchmarking.Kernels;
using Depth2Img.Benchmarking.Networks;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking.Tests;

public class ReportTests
{
    private static readonly RoundResult Quiet = new(7, 2, false, 0.5, 0.4, 100, 50, 0.8, 1.6);
    private static readonly RoundResult Noisy = new(30, 25, true, 0.5, 0.4, 100, 50, null, null);

    private static readonly BenchReport Report = new()
    {
        Date = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Command = "depth2img bench --model all",
        Commit = "abc",
        Machine = new MachineFigures("A processor", "A system", "avx2", 2, 3.5, 32 << 20, 40, [new PeakFigure("float32", 100, 14.29, 16, 0.893)]),
        Kernels =
        [
            new KernelFigures("gemm", "2048 x 2048 x 2048", 40, 40, false, Quiet),
            new KernelFigures("conv 3x3", "2 x 64², 320 -> 320", 85, 21.25, true, Noisy),
        ],
        Networks =
        [
            new NetworkFigures("sd2-depth", "DPT at 384x384", 60, 45, 3, 512_000_000, Quiet, [new OpShare(OpKind.Conv3x3, 4, 0.25, 30, 0.5), new OpShare(OpKind.Norm, 2, 0.25, 0, 0.5)], 2e-5),
        ],
        Threads = [new ThreadFigures("gemm", 2, 7, 0, false, 2, 1.05, 2, 0.95)],
        Notes = ["A note."],
    };

    [Fact]
    public void Markdown_has_a_table_for_everything_measured()
    {
        using StringWriter writer = new();
        ReportWriter.WriteMarkdown(Report, writer);
        string[] lines = writer.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Contains("| gemm 2048 x 2048 x 2048 | 500 ms | 80.0 | 100 | 80 % | 80 % | cold | 7, 2 dropped |", lines);
        Assert.Contains("| conv 3x3 2 x 64², 320 -> 320 | 500 ms | 170 | 100 | 170 % | 42 % | warm | too noisy: 25 of 30 disturbed |", lines);
        Assert.Contains("| sd2-depth: DPT at 384x384 | 500 ms | 60.0 | 120 | 120 % | 90 % | 6.00 | 512 MB | 7, 2 dropped |", lines);
        Assert.Contains("| DPT at 384x384 | 500 ms | 800 ms | 1.60x | 2E-05 | 7, 2 dropped |", lines);
        Assert.Contains("| sd2-depth: DPT at 384x384 | 50 % (120 GMAC/s) | 50 % |", lines);
        Assert.Contains("| gemm | 2.00 s | 1.05 s | 1.90x | 2.00x | 0.95 | 7 |", lines);
        Assert.Contains("- A note.", lines);
    }

    [Fact]
    public void Growth_is_time_a_product_in_units_of_the_peak_of_its_own_run()
    {
        NetworkFigures At(int side, double gmac, double real, double seconds, double peak) =>
            new("sd2-depth", $"VAE decode to {side}x{side}", gmac, real, 1, 1, Quiet with { Seconds = seconds, GmacsAtPeak = seconds * peak }, [], null) { Work = "VAE decode", PictureSide = side };
        using StringWriter writer = new();
        // The clock fell to a half between the runs: twice the time a product is no growth.
        ReportWriter.WriteMarkdown([Report with { Networks = [At(512, 1000, 250, 5, 100)] }, Report with { Networks = [At(1024, 4000, 2000, 40, 50)] }], writer);
        Assert.Contains("| sd2-depth: VAE decode | 1024 | 40.0 s | 4000 | 10.0 ms | 1.00 | 2000 | 20.0 ms | 0.50 | 7, 2 dropped |", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_ran_on_another_tier_says_so()
    {
        using StringWriter writer = new();
        ReportWriter.WriteText(Report with { Networks = [Report.Networks[0] with { Tier = "avx512" }] }, writer);
        Assert.Contains("DPT at 384x384 (avx512)", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_that_disagree_are_named_so()
    {
        using StringWriter writer = new();
        ReportWriter.WriteText(Report with { Networks = [Report.Networks[0] with { Agreement = 0.5 }] }, writer);
        Assert.Contains("they disagree", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_read_as_it_was_written()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, ReportJson.Write(Report));
            Assert.Equal(ReportJson.Write(Report), ReportJson.Write(ReportJson.Read(path)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Json_that_is_no_report_is_refused(string text)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            Depth2ImgException refusal = Assert.Throws<Depth2ImgException>(() => ReportJson.Read(path));
            Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(115.0, 3.67, 2, 8, 16, 0.979)]
    [InlineData(179.0, 3.0, 2, 16, 32, 0.932)]
    [InlineData(12.0, 3.0, 1, 4, 4, 1.0)]
    [InlineData(30.0, 3.69, 2, 16, 16, 0.254)]
    public void Units_are_the_power_of_two_next_to_what_was_measured(double gmacs, double gigahertz, int threads, int lanes, int units, double fraction)
    {
        PeakFigure peak = PeakFigure.Of("float32", gmacs, gigahertz, threads, lanes);
        Assert.Equal(units, peak.Units);
        Assert.Equal(fraction, peak.FractionOfUnits, 1e-3);
    }

    [Theory]
    [InlineData(8L << 20, 32L << 20, 6)]
    [InlineData(300L << 20, 32L << 20, 1)]
    [InlineData(1L << 10, 32L << 20, 512)]
    [InlineData(0L, 32L << 20, 1)]
    public void Weights_have_more_copies_than_the_cache_holds_within_reason(long weightBytes, long cacheBytes, int copies) =>
        Assert.Equal(copies, KernelBench.Copies(weightBytes, cacheBytes));

    [Fact]
    public void Agreement_is_the_largest_difference_in_standard_deviations_of_ours()
    {
        Assert.Equal(0.5, OutputComparison.LargestInDeviations([1, 3, 1, 3], [1, 3.5f, 1, 3]), 1e-9);
        Assert.Equal(double.PositiveInfinity, OutputComparison.LargestInDeviations([1, 3], [1, float.NaN]));
    }
}
