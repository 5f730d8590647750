using Depth2Img.Cli.Output;
using Depth2Img.Hub;

namespace Depth2Img.Cli.Tests;

public class DownloadProgressTests
{
    [Fact]
    public void Speed_is_that_of_the_last_seconds_and_gives_the_time_left()
    {
        TimeSpan now = TimeSpan.Zero;
        TransferMeter meter = new(() => now);
        meter.Add(1_000_000); // of an earlier download
        Assert.Null(meter.Speed);
        for (int second = 1; second <= 30; second++)
        {
            now = TimeSpan.FromSeconds(second);
            meter.Add(1_000_000 + (second <= 15 ? second : 15 + 3 * (second - 15)) * 1_000_000L);
        }
        Assert.Equal(3_000_000, meter.Speed!.Value, 1.0);
        Assert.Equal(4, meter.Left(12_000_000)!.Value.TotalSeconds, 1e-6);
    }

    [Fact]
    public void A_download_that_begins_anew_is_measured_anew()
    {
        TimeSpan now = TimeSpan.Zero;
        TransferMeter meter = new(() => now);
        meter.Add(5_000_000);
        now = TimeSpan.FromSeconds(1);
        meter.Add(0);
        Assert.Null(meter.Speed);
        now = TimeSpan.FromSeconds(2);
        meter.Add(2_000_000);
        Assert.Equal(2_000_000, meter.Speed!.Value, 1.0);
    }

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(42, "42 s")]
    [InlineData(150, "3 min")]
    [InlineData(7300, "2 h 1 min")]
    public void Times_are_rounded_for_people(double seconds, string text) => Assert.Equal(text, Quantities.Time(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public async Task Without_a_terminal_each_file_has_a_line_and_notices_are_shown_even_for_scripts()
    {
        using StringWriter error = new();
        await DownloadProgress.RunAsync(error, show: true, Report);
        Assert.Equal(["unet/a: 1.0 MB of 3.0 MB", "It waits.", "vae/b: 2.0 MB of 3.0 MB"], error.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n'));
        using StringWriter quiet = new();
        await DownloadProgress.RunAsync(quiet, show: false, Report);
        Assert.Equal("It waits.", quiet.ToString().Trim());

        static Task<int> Report(IProgress<PullProgress> progress)
        {
            progress.Report(new PullProgress("unet/a", 1_000_000, 3_000_000));
            progress.Report(new PullProgress("unet/a", 1_500_000, 3_000_000));
            progress.Report(new PullProgress("unet/a", 1_500_000, 3_000_000, "It waits."));
            progress.Report(new PullProgress("vae/b", 2_000_000, 3_000_000));
            return Task.FromResult(0);
        }
    }
}
