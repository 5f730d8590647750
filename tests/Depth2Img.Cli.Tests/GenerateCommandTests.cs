using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Cli.Tests;

public sealed class GenerateCommandTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Writes_a_picture_of_the_inputs_size_with_its_settings_inside()
    {
        CliRun run = await _folder.GenerateAsync(CliFolder.Photo, "--strength", "0.6");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(_folder["out.png"], run.Output.Trim());

        DecodedImage made = ImageFile.Load(_folder["out.png"]);
        Assert.Equal((512, 512), (made.Width, made.Height));

        CliRun info = await CliFolder.RunAsync("info", _folder["out.png"], "--json");
        Assert.Equal("a red ball", info.Json.GetProperty("prompt").GetString());
        Assert.Equal(0.6, info.Json.GetProperty("strength").GetDouble());
        Assert.Equal(1, info.Json.GetProperty("seed").GetInt64());
        Assert.Equal("64x64", info.Json.GetProperty("workingSize").GetString());
        Assert.Equal("checkpoint", info.Json.GetProperty("depthModel").GetString());
        Assert.Contains("a red ball", made.Text["parameters"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forced_tier_and_its_precision_are_in_the_settings()
    {
        CliRun run = await _folder.GenerateAsync(CliFolder.Photo, "--json", "--cpu", "Vector128", "--precision", "float32");
        Assert.Equal("float32", run.Json.GetProperty("settings").GetProperty("precision").GetString());
        Assert.Contains("vector128", run.Json.GetProperty("settings").GetProperty("backend").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_inside_a_picture_make_the_same_picture_again()
    {
        await _folder.GenerateAsync(CliFolder.Photo, "--scheduler", "euler-a", "--strength", "1");
        byte[] first = ImageFile.Load(_folder["out.png"]).ToRgb().Pixels;
        await _folder.GenerateAsync(CliFolder.Photo, "--scheduler", "euler-a", "--strength", "1", "--force");
        Assert.Equal(first, ImageFile.Load(_folder["out.png"]).ToRgb().Pixels);
    }

    [Fact]
    public async Task Json_is_one_object_and_nothing_goes_to_standard_error()
    {
        CliRun run = await _folder.GenerateAsync(CliFolder.Photo, "--json", "--strength", "1", "--save-depth", _folder["depth.npy"]);
        Assert.Empty(run.Error);
        Assert.Equal(_folder["out.png"], run.Json.GetProperty("outputs")[0].GetString());
        Assert.Equal("a red ball", run.Json.GetProperty("settings").GetProperty("prompt").GetString());
        DepthMap depth = DepthMapFile.Load(_folder["depth.npy"]);
        Assert.Equal((512, 512), (depth.Width, depth.Height));
    }

    [Fact]
    public async Task Without_a_seed_one_is_drawn_printed_and_in_the_name()
    {
        string image = _folder.Write("photo.png", File.ReadAllBytes(CliFolder.Photo));
        string before = Directory.GetCurrentDirectory();
        CliRun run = await CliFolder.RunAsync("generate", image, "-p", "a ball", "-m", CliFolder.TinyModel, "--steps", "1", "--strength", "1", "--max-size", "64", "--json", "-o", _folder["a.png"]);
        CliRun other = await CliFolder.RunAsync("generate", image, "-p", "a ball", "-m", CliFolder.TinyModel, "--steps", "1", "--strength", "1", "--max-size", "64", "--json", "-o", _folder["b.png"]);
        Assert.Equal(before, Directory.GetCurrentDirectory());
        Assert.NotEqual(run.Json.GetProperty("settings").GetProperty("seed").GetInt64(), other.Json.GetProperty("settings").GetProperty("seed").GetInt64());
    }

    [Fact]
    public async Task Options_that_save_work_are_in_the_settings_and_what_fast_trades_is_said()
    {
        CliRun run = await _folder.GenerateAsync(CliFolder.Photo, "--strength", "1", "--fast", "--guidance-interval", "0:0.5");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("warning: Fast: guidance from 0 to 0.5", run.Error, StringComparison.Ordinal);
        CliRun info = await CliFolder.RunAsync("info", _folder["out.png"], "--json");
        Assert.Equal(0.5, info.Json.GetProperty("guidanceInterval").GetProperty("to").GetDouble());
        Assert.InRange(info.Json.GetProperty("reuseFeatures").GetInt32(), 2, 10);
    }

    [Fact]
    public async Task Several_pictures_get_numbers_and_differ()
    {
        CliRun run = await _folder.GenerateAsync(CliFolder.Photo, "--count", "2", "--strength", "1");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(["out-1.png", "out-2.png"], _folder.Files);
        Assert.NotEqual(ImageFile.Load(_folder["out-1.png"]).ToRgb().Pixels, ImageFile.Load(_folder["out-2.png"]).ToRgb().Pixels);
    }

    [Fact]
    public async Task An_existing_output_is_refused_and_left_as_it_is_without_force()
    {
        _folder.Write("out.png", [1, 2, 3]);
        (await _folder.GenerateAsync(CliFolder.Photo)).AssertRefused(ExitCodes.Output, "exists", "--force");
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder["out.png"]));
        Assert.Equal(ExitCodes.Success, (await _folder.GenerateAsync(CliFolder.Photo, "--force")).ExitCode);
        Assert.Equal(512, ImageFile.Load(_folder["out.png"]).Width);
    }

    [Fact]
    public async Task A_missing_output_folder_is_made()
    {
        CliRun run = await CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "", "-m", CliFolder.TinyModel, "--steps", "1", "--max-size", "64", "-o", _folder["new/deep/out.jpg"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(512, ImageFile.Load(_folder["new/deep/out.jpg"]).Width);
    }

    [Fact]
    public async Task Words_that_the_demo_model_has_never_seen_are_named()
    {
        CliRun run = await CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "a zeppelin over a red ball", "--steps", "1", "--strength", "1", "--size", "64x64", "-o", _folder["out.png"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("\"zeppelin\"", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\"ball\"", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_leaves_nothing_behind()
    {
        using CancellationTokenSource source = new();
        using StringWriter output = new(), error = new();
        Task<int> run = CommandLineApp.RunAsync(
            ["generate", CliFolder.Photo, "-p", "a ball", "-m", CliFolder.TinyModel, "--steps", "900", "--strength", "1", "-o", _folder["out.png"]], output, error, source.Token);
        await Task.Delay(500);
        await source.CancelAsync();
        int code = await run;
        Assert.Equal("error: Cancelled; nothing was written.", error.ToString().TrimEnd());
        Assert.Equal(ExitCodes.Cancelled, code);
        Assert.Empty(_folder.Files);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public async Task Every_shell_gets_a_completion_script(string shell) =>
        Assert.Contains("[suggest:", (await CliFolder.RunAsync("completion", shell)).Output, StringComparison.Ordinal);

    [Fact]
    public async Task The_suggest_directive_completes_options()
    {
        CliRun run = await CliFolder.RunAsync("[suggest:20]", "depth2img generate --sch");
        Assert.Contains("--scheduler", run.Output, StringComparison.Ordinal);
    }
}
