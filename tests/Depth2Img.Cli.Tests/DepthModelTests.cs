using System.Text.Json;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

/// <summary>Depth networks that are given by their folders, and how well their maps agree.</summary>
public sealed class DepthModelTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Depth_takes_a_folder_and_names_it()
    {
        // A checkpoint's folder stands for its own depth network.
        CliRun run = await CliFolder.RunAsync("depth", CliFolder.Photo, "--depth-model", CliFolder.TinyModel, "-o", _folder["depth.png"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("by tiny-depth2img", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_depth_model_that_is_not_there_is_refused_and_nothing_is_written()
    {
        (await CliFolder.RunAsync("depth", CliFolder.Photo, "--depth-model", "midas-9", "-o", _folder["d.png"])).AssertRefused(ExitCodes.Input, "midas-9", "tiefenrausch");
        (await _folder.GenerateAsync(CliFolder.Photo, "--depth-model", "midas-9")).AssertRefused(ExitCodes.Input, "midas-9", "tiefenrausch");
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task Depth_tells_how_well_it_agrees_with_another_map()
    {
        string truth = Repository.Samples("rendered/square-depth16.png");
        CliRun run = await CliFolder.RunAsync("depth", CliFolder.Photo, "--compare", truth, "-o", _folder["depth.png"], "--json");
        JsonElement agreement = run.Json.GetProperty("agreement");
        Assert.InRange(agreement.GetProperty("correlation").GetDouble(), 0.8, 1);
        Assert.InRange(agreement.GetProperty("rankCorrelation").GetDouble(), 0.8, 1);

        CliRun inverted = await CliFolder.RunAsync("depth", CliFolder.Photo, "--compare", truth, "--invert-depth", "-o", _folder["i.png"]);
        Assert.Contains("correlation -0.", inverted.Error, StringComparison.Ordinal);
    }
}
