using Depth2Img.Imaging;

namespace Depth2Img.Cli.Tests;

public sealed class LayersCommandTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Makes_layers_by_their_own_prompts_and_writes_the_masks()
    {
        CliRun run = await LayersAsync("--layer", "a red ball; strength=0.5; guidance=3; negative=a cone", "-l", "keep", "--cut", "auto:3", "-p", "sand", "--save-layers", _folder["cut.png"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error.Contains("error", StringComparison.Ordinal) ? run.Error : ""));
        Assert.Equal(["cut-1.png", "cut-2.png", "cut-3.png", "cut.png", "out.png"], _folder.Files);
        foreach (string file in _folder.Files) Assert.Equal(512, ImageFile.Load(_folder[file]).Width);
        CliRun info = await CliFolder.RunAsync("info", _folder["out.png"], "--json");
        System.Text.Json.JsonElement layers = info.Json.GetProperty("layers").GetProperty("layers");
        Assert.Equal("a red ball", layers[0].GetProperty("prompt").GetString());
        Assert.Equal("a cone", layers[0].GetProperty("negativePrompt").GetString());
        Assert.Equal((0.5, 3), (layers[0].GetProperty("strength").GetDouble(), layers[0].GetProperty("guidance").GetDouble()));
        Assert.True(layers[1].GetProperty("keep").GetBoolean());
        Assert.Equal("sand", layers[2].GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task A_saved_mask_cuts_again()
    {
        Assert.Equal(0, (await LayersAsync("-l", "a red ball", "--cut", "0.4", "--save-layers", _folder["cut.png"])).ExitCode);
        CliRun again = await LayersAsync("-l", "keep", "-p", "sand", "--mask", _folder["cut-1.png"], "--softness", "0", "-f");
        Assert.Equal(0, again.ExitCode);
        byte[] photo = ImageFile.Load(CliFolder.Photo).ToRgb().Pixels, made = ImageFile.Load(_folder["out.png"]).ToRgb().Pixels, mask = ImageFile.Load(_folder["cut-1.png"]).ToRgb().Pixels;
        Assert.All(Enumerable.Range(0, made.Length).Where(i => mask[i] == 255), i => Assert.Equal(photo[i], made[i]));
        Assert.NotEqual(photo, made);
    }

    [Theory]
    [InlineData("--cut is 'near'", "--cut", "near")]
    [InlineData("thresholds must ascend", "--cut", "0.7,0.4")]
    [InlineData("--layer has 'strenght=1'", "-l", "a cube;strenght=1")]
    [InlineData("--layer has 'strength=much'", "-l", "a cube;strength=much")]
    [InlineData("3 layers are named, and the cut makes 2", "--cut", "0.5", "-l", "a cube", "-l", "a cone")]
    [InlineData("Layer 2 is kept, and has a prompt or settings too", "-l", "keep;strength=0.5")]
    public async Task Bad_layers_are_refused_in_one_line(string words, params string[] args) =>
        (await LayersAsync(["--json", "-l", "a red ball", .. args])).AssertRefused(ExitCodes.Usage, words);

    [Fact]
    public async Task Contradictions_and_missing_layers_are_refused_in_one_line()
    {
        (await LayersAsync("-l", "a ball", "--cut", "0.5", "--mask", CliFolder.Photo)).AssertRefused(ExitCodes.Usage, "--cut and --mask are both given");
        (await LayersAsync()).AssertRefused(ExitCodes.Usage, "--layer");
        (await LayersAsync("-l", "a ball", "--mask", _folder["none.png"])).AssertRefused(ExitCodes.Input, "none.png");
        Assert.Empty(_folder.Files);
    }

    private Task<CliRun> LayersAsync(params string[] args) => CliFolder.RunAsync(
        ["layers", CliFolder.Photo, "-m", CliFolder.TinyModel, "--steps", "4", "--seed", "1", "--max-size", "64", "-o", _folder["out.png"], .. args]);
}
