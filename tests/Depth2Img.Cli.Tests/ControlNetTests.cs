using System.Text.Json;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

/// <summary>Checkpoints without a depth channel that follow depth by a ControlNet.</summary>
public sealed class ControlNetTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Generate_follows_depth_by_a_ControlNet_and_says_so()
    {
        string model = TinyControlNet.WriteCheckpoint(_folder["text-to-image"]), controlNet = TinyControlNet.WriteFolder(_folder["depth-control"]);

        CliRun run = await GenerateAsync(model, "--controlnet", controlNet, "--controlnet-weight", "0.5", "--controlnet-end", "0.9", "--json");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        JsonElement settings = run.Json.GetProperty("settings"), used = settings.GetProperty("controlNet");
        Assert.Equal("tiefenrausch", settings.GetProperty("depthModel").GetString());
        Assert.Equal("depth-control", used.GetProperty("name").GetString());
        Assert.Equal((0.5, 0, 0.9), (used.GetProperty("weight").GetDouble(), used.GetProperty("start").GetDouble(), used.GetProperty("end").GetDouble()));
        Assert.Contains("depth-control", (await CliFolder.RunAsync("info", _folder["out.png"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_to_image_checkpoint_without_a_ControlNet_is_refused_with_both_ways_out()
    {
        string model = TinyControlNet.WriteCheckpoint(_folder["text-to-image"]);
        (await GenerateAsync(model)).AssertRefused(ExitCodes.Input, "text-to-image", "depth model", "--controlnet");
        (await GenerateAsync(model, "--controlnet", _folder["none"])).AssertRefused(ExitCodes.Input, "There is no ControlNet");
    }

    [Theory]
    [InlineData("--controlnet-weight", "3")]
    [InlineData("--controlnet-start", "1")]
    [InlineData("--controlnet-end", "x")]
    public async Task ControlNet_settings_out_of_range_are_refused(string option, string value)
    {
        string model = TinyControlNet.WriteCheckpoint(_folder["text-to-image"]), controlNet = TinyControlNet.WriteFolder(_folder["depth-control"]);
        (await GenerateAsync(model, "--controlnet", controlNet, option, value)).AssertRefused(ExitCodes.Usage);
    }

    [Fact]
    public async Task ControlNet_settings_without_a_ControlNet_are_refused() =>
        (await _folder.GenerateAsync(CliFolder.Photo, "--controlnet-weight", "0.5")).AssertRefused(ExitCodes.Usage, "no ControlNet");

    private Task<CliRun> GenerateAsync(string model, params string[] args) =>
        CliFolder.RunAsync(["generate", CliFolder.Photo, "-p", "a red ball", "-m", model, "--steps", "2", "--seed", "1", "--max-size", "64", "-o", _folder["out.png"], .. args]);
}
