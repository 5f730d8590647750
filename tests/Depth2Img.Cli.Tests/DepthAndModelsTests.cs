using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

public sealed class DepthAndModelsTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Depth_writes_a_gray_map_of_the_pictures_size_in_which_white_is_near()
    {
        CliRun run = await CliFolder.RunAsync("depth", Repository.Samples("rendered/square.png"), "-o", _folder["depth.png"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        DepthMap made = DepthMapFile.Load(_folder["depth.png"]);
        DepthMap truth = DepthMapFile.Load(Repository.Samples("rendered/square-depth16.png"));
        Assert.Equal((truth.Width, truth.Height), (made.Width, made.Height));
        Assert.True(DepthMap.Correlation(made, truth) > 0.8);
        Assert.True(made.Values.Distinct().Count() > 256, "a 16-bit map keeps more than 256 levels");
    }

    [Theory]
    [InlineData("depth.npy")]
    [InlineData("depth.pfm")]
    public async Task Raw_depth_is_inverse_depth_and_not_normalised(string name)
    {
        CliRun run = await CliFolder.RunAsync("depth", Repository.Samples("photos/pumpkin.jpg"), "-o", _folder[name], "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        DepthMap depth = DepthMapFile.Load(_folder[name]);
        ImageInfo photo = ImageFile.Identify(Repository.Samples("photos/pumpkin.jpg"));
        Assert.Equal((photo.Width, photo.Height), (depth.Width, depth.Height));
        Assert.True(depth.Range.Far > 0 && depth.Range.Near != 1, "exp of the network's output");
        Assert.Equal(run.Json.GetProperty("near").GetSingle(), depth.Range.Near);
    }

    [Theory]
    [InlineData("turbo")]
    [InlineData("viridis")]
    [InlineData("magma")]
    public async Task Depth_in_colour_is_a_colour_picture(string map)
    {
        CliRun run = await CliFolder.RunAsync("depth", CliFolder.Photo, "--depth-model", "checkpoint", "-m", CliFolder.TinyModel, "--colormap", map, "-o", _folder["c.png"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Image image = ImageFile.Load(_folder["c.png"]).ToRgb();
        Assert.Contains(Enumerable.Range(0, image.Width * image.Height), p => image.Pixels[3 * p] != image.Pixels[3 * p + 1]);
    }

    [Fact]
    public async Task An_unknown_colour_map_is_refused_with_the_names_there_are() =>
        (await CliFolder.RunAsync("depth", CliFolder.Photo, "--colormap", "rainbowish", "-o", _folder["c.png"])).AssertRefused(ExitCodes.Usage, "rainbowish", "turbo");

    [Fact]
    public async Task The_models_that_come_with_the_program_are_listed()
    {
        CliRun run = await CliFolder.RunAsync("models", "list");
        Assert.Contains("demo", run.Output, StringComparison.Ordinal);
        Assert.Contains("tiefenrausch", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_models_networks_and_defaults_are_shown()
    {
        CliRun run = await CliFolder.RunAsync("models", "info", "demo", "--json");
        Assert.True(run.Json.GetProperty("canDoDepth").GetBoolean());
        Assert.Equal("epsilon", run.Json.GetProperty("predictionType").GetString());
        Assert.Contains(run.Json.GetProperty("networks").EnumerateArray(), n => n.GetProperty("component").GetString() == "unet" && n.GetProperty("parameters").GetInt64() > 13_000_000);
        Assert.Contains("depth-to-image", (await CliFolder.RunAsync("models", "info", "demo")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_networks_weights_are_shown()
    {
        CliRun run = await CliFolder.RunAsync("models", "info", "tiefenrausch", "--json");
        Assert.Equal("network", Assert.Single(run.Json.GetProperty("networks").EnumerateArray()).GetProperty("component").GetString());
        Assert.Contains("a single network", (await CliFolder.RunAsync("models", "info", "tiefenrausch")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_no_checkpoint_is_refused() =>
        (await CliFolder.RunAsync("models", "info", _folder.Path)).AssertRefused(ExitCodes.Input, "model_index.json");
}
