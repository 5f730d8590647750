using System.Text.Json;
using Depth2Img.Composition;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

public sealed class CompareCommandTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_writes_a_figure_and_a_page_and_prints_every_score()
    {
        CliRun run = await Compare("--html", _folder["page.html"], "--strengths", "0.5,1");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal([_folder["figure.png"], _folder["page.html"]], run.Output.TrimEnd().Split('\n'));
        Assert.Equal(["figure.png", "page.html"], _folder.Files);
        Assert.True(ImageFile.Load(_folder["figure.png"]).Width > 5 * CompositionFigure.DefaultPictureSide);
        Assert.Contains("a red ball", await File.ReadAllTextAsync(_folder["page.html"]), StringComparison.Ordinal);
        foreach (string row in (string[])["depth withheld (a flat map), strength 0.5", "depth withheld (a flat map), strength 1", "depth-to-image, strength 0.5", "depth-to-image, strength 1"])
            Assert.Contains($"{row}: depth ", run.Error, StringComparison.Ordinal);
        Assert.Contains("depth by checkpoint, measured by tiefenrausch", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_to_image_model_makes_the_row_of_image_to_image()
    {
        string plain = TinyControlNet.WriteCheckpoint(_folder["plain"]);
        CliRun run = await Compare("--img2img-model", plain, "--strengths", "1", "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        JsonElement[] pictures = [.. run.Json.GetProperty("pictures").EnumerateArray()];
        Assert.Equal(["image-to-image", "depth-to-image"], pictures.Select(p => p.GetProperty("method").GetString()));
        Assert.Equal(["none", "checkpoint"], pictures.Select(p => p.GetProperty("settings").GetProperty("depthModel").GetString()));
        Assert.All(pictures, p => Assert.InRange(p.GetProperty("depth").GetDouble(), -1, 1));
        Assert.All(pictures, p => Assert.InRange(p.GetProperty("edges").GetDouble(), 0, 1));
    }

    [Theory]
    [InlineData(ExitCodes.Usage, "--strengths", "0.5,1.5", "1.5", "from 0 to 1")]
    [InlineData(ExitCodes.Usage, "--strengths", "0.5,", "0.5,", "with commas between")]
    [InlineData(ExitCodes.Usage, "--strengths", "", "--strengths", "expected")]
    [InlineData(ExitCodes.Usage, "--strengths", "half", "half", "such as")]
    [InlineData(ExitCodes.Usage, "--score-depth-model", "checkpoint", "'checkpoint'", "another depth model")]
    [InlineData(ExitCodes.Input, "--score-depth-model", "midas-9", "midas-9", "tiefenrausch")]
    [InlineData(ExitCodes.Input, "--img2img-model", "no-such-model", "no-such-model", "")]
    [InlineData(ExitCodes.Input, "--picture-side", "20", "20", "from 160 to 1024")]
    [InlineData(ExitCodes.Usage, "--count", "2", "--count", "")]
    [InlineData(ExitCodes.Usage, "--strength", "0.5", "--strength", "")]
    [InlineData(ExitCodes.Output, "--html", "page.pdf", "page.pdf", ".html")]
    public async Task Bad_input_gets_one_clear_line_and_nothing_is_written(int code, string option, string value, string first, string second)
    {
        (await Compare(option, value)).AssertRefused(code, first, second);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task A_depth_checkpoint_cannot_be_the_row_of_image_to_image() =>
        (await Compare("--img2img-model", CliFolder.TinyModel)).AssertRefused(ExitCodes.Input, "depth channel", "flat depth map");

    [Fact]
    public async Task Composition_prints_every_single_value_and_the_means_as_markdown()
    {
        CliRun run = await CliFolder.RunAsync("composition", CliFolder.Photo, "-p", "a red ball", "-m", CliFolder.TinyModel, "--depth-model", "checkpoint", "--steps", "2", "--seeds", "2", "--strengths", "0.6,1");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal("Means over 1 pictures and 2 seeds:", lines[0]);
        Assert.Equal(4, lines.Count(line => line.StartsWith("| with depth |", StringComparison.Ordinal) || line.StartsWith("| withheld |", StringComparison.Ordinal)));
        string[] singles = [.. lines.Where(line => line.StartsWith("| square.png |", StringComparison.Ordinal))];
        Assert.Equal(8, singles.Length);
        Assert.All(singles, line => Assert.Equal(8, line.Split('|').Length));
    }

    private Task<CliRun> Compare(params string[] args) => CliFolder.RunAsync(
        ["compare", CliFolder.Photo, "-p", "a red ball", "-m", CliFolder.TinyModel, "--depth-model", "checkpoint", "--steps", "2", "--seed", "1", "--max-size", "64", "-o", _folder["figure.png"], .. args]);
}
