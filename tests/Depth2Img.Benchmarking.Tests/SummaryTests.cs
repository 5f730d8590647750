using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute.Measurement;
using Depth2Img.TestSupport;

namespace Depth2Img.Benchmarking.Tests;

public class SummaryTests
{
    [Fact]
    public void The_document_s_summary_is_that_of_the_committed_reports()
    {
        string document = Repository.File("docs/performance.md");
        BenchReport[] reports = [.. Directory.GetFiles(Repository.File("docs/performance"), "*.json").Select(ReportJson.Read)];
        Assert.NotEmpty(reports);
        Assert.Equal(SummaryWriter.Write(reports), SummaryWriter.Section.Read(File.ReadAllText(document), document));
    }

    [Fact]
    public void The_document_s_options_are_those_of_the_committed_report_and_worth_having()
    {
        string document = Repository.File("docs/performance.md");
        OptionReport report = ReportJson.ReadOptions(Repository.File("docs/performance/options/sd2-depth.json"));
        Assert.Equal(report.WriteMarkdown(), OptionReport.Section.Read(File.ReadAllText(document), document));
        Assert.True(report.Seeds >= 8);
        Assert.All(report.Options, option => Assert.True(option.SpeedUp >= OptionFigures.LeastSpeedUp, option.Name));
    }

    [Fact]
    public void The_worst_shape_of_a_promise_counts_and_a_miss_is_bold()
    {
        BenchReport report = Report("avx2", kernels:
        [
            Kernel("linear", "8192 x 320 x 320", 0.79),
            Kernel("linear", "2048 x 640 x 640", 0.9),
            Kernel("linear", "128 x 1280 x 1280", 0.5) with { Bound = 60 },
            Kernel("conv 3x3", "2 x 16², 640 -> 1280", 1.7),
            Kernel("conv 3x3", "2 x 8², 1280 -> 1280", 1.2),
            Kernel("conv 3x3", "1 x 512², 48 -> 128", 1.1),
        ]);
        string[] rows = SummaryWriter.Write([report]).Split('\n');
        Assert.StartsWith("| GEMM 2048³, of the peak of the type used | not measured (80 %) | not measured (80 %) |", rows[2], StringComparison.Ordinal);
        Assert.Contains("| **79 %** (80 %) | not measured (80 %) | not measured (75 %) | not measured (55 %) |", rows[3], StringComparison.Ordinal);
        Assert.Contains("| 83 % (80 %) |", rows[4], StringComparison.Ordinal);
        Assert.Contains("| 170 % (165 %) |", rows[5], StringComparison.Ordinal);
        Assert.Contains(rows, row => row.StartsWith("- avx2: 2026-01-02 03:04 UTC, A processor, 2 threads, commit abc, 7 rounds: `depth2img bench`", StringComparison.Ordinal));
    }

    [Fact]
    public void Ratios_threads_and_growth_are_found_in_several_reports_of_a_tier()
    {
        NetworkFigures Unet(int side, double gmac, double gmacsAtPeak, double? ratio) =>
            new("sd2-depth", $"UNet step, batch 2, {side / 8}x{side / 8} latents", gmac, gmac, 1, 1, Timing(gmacsAtPeak, ratio), [], null) { Work = "UNet step", PictureSide = side };
        BenchReport first = Report("avx512", networks: [Unet(512, 800, 500, 1.6)]);
        BenchReport second = Report("avx512", networks: [Unet(512, 800, 510, null), Unet(768, 2000, 1250, null), Unet(1024, 5000, 3250, null)]);
        BenchReport third = Report("avx512", threads: [new("a", 2, 7, 0, false, 2, 1.05, 2, 0.95), new("b", 2, 7, 0, false, 2, 1.1, 2, 0.91)]);
        string[] rows = SummaryWriter.Write([third, second, first]).Split('\n');
        Assert.Contains("| 1.60x (1.50x) |", Row("UNet step"), StringComparison.Ordinal);
        Assert.Contains("| **0.91** (0.93) |", Row("all threads"), StringComparison.Ordinal);
        Assert.Contains("| **1.02** (1.00) |", Row("time a multiply-add"), StringComparison.Ordinal);

        string Row(string text) => rows.First(row => row.StartsWith('|') && row.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_two_runs_of_one_kernel_the_later_counts()
    {
        BenchReport old = Report("amx", kernels: [Kernel("gemm", "2048 x 2048 x 2048", 0.9)]);
        BenchReport later = Report("amx", kernels: [Kernel("gemm", "2048 x 2048 x 2048", 0.6)]) with { Date = old.Date.AddDays(1) };
        Assert.Contains("| 60 % (55 %) |", SummaryWriter.Write([later, old]), StringComparison.Ordinal);
    }

    [Fact]
    public void Processors_of_one_tier_are_not_mixed()
    {
        BenchReport one = Report("avx2", kernels: [Kernel("gemm", "2048 x 2048 x 2048", 0.9)]);
        BenchReport other = Report("avx2", kernels: [Kernel("gemm", "2048 x 2048 x 2048", 0.6)]);
        other = other with { Machine = other.Machine with { Processor = "Another processor" } };
        string[] rows = SummaryWriter.Write([one, other]).Split('\n');
        Assert.StartsWith("| reached (aim) | AVX2, A processor | AVX2, Another processor | AVX-512 float32 |", rows[0], StringComparison.Ordinal);
        Assert.Contains("| 90 % (80 %) | **60 %** (80 %) | not measured (80 %) |", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_is_replaced_and_read_again_and_must_be_there()
    {
        MarkdownSection section = new("numbers");
        const string document = "a\n<!-- numbers: generated -->\n<!-- numbers: end -->\nb\n";
        string filled = section.Replace(document, "1\n2\n", "x.md");
        Assert.Equal("a\n<!-- numbers: generated -->\n1\n2\n<!-- numbers: end -->\nb\n", filled);
        Assert.Equal("1\n2\n", section.Read(filled, "x.md"));
        Assert.Equal(document, section.Replace(filled, "", "x.md"));
        Assert.Contains("x.md", Assert.Throws<Depth2ImgException>(() => section.Read("nothing", "x.md")).Message, StringComparison.Ordinal);
    }

    private static RoundResult Timing(double gmacsAtPeak, double? ratio = null) => new(7, 0, false, 1, 1, 100, gmacsAtPeak, ratio, ratio);

    /// <summary>50 GMAC in a second, at a part of a peak of 100.</summary>
    private static KernelFigures Kernel(string group, string name, double fraction) => new(group, name, 50, 50, false, Timing(50 / fraction));

    private static BenchReport Report(string tier, KernelFigures[]? kernels = null, NetworkFigures[]? networks = null, ThreadFigures[]? threads = null) => new()
    {
        Date = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Command = "depth2img bench",
        Commit = "abc",
        Machine = new MachineFigures("A processor", "A system", tier, 2, 3.5, 32 << 20, 40, []),
        Kernels = kernels ?? [],
        Networks = networks ?? [],
        Threads = threads ?? [],
    };
}
