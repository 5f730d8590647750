using System.Text.Json;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

public sealed class InpaintCommandTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_painted_mask_repaints_its_white_and_is_told_in_the_settings()
    {
        string mask = Mask(512, 512, (x, y) => x is >= 100 and < 200 && y is >= 200 and < 300);
        CliRun run = await InpaintAsync("--mask", mask, "--save-mask", _folder["used.png"], "--only-masked", "--padding", "10", "--fill", "noise", "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        JsonElement settings = run.Json.GetProperty("settings").GetProperty("inpaint");
        Assert.Equal("painted", settings.GetProperty("mask").GetString());
        Assert.Equal(10, settings.GetProperty("padding").GetInt32());

        Image input = ImageFile.Load(CliFolder.Photo).ToRgb(), made = ImageFile.Load(_folder["out.png"]).ToRgb();
        float[] used = ImageFile.Load(_folder["used.png"]).ToGray();
        Assert.Equal(1, used[250 * 512 + 150]);
        Assert.Equal(0, used[250 * 512 + 50]);
        for (int i = 0; i < used.Length; i++)
        {
            if (used[i] == 0) Assert.True(SamePixel(i));
        }
        Assert.False(SamePixel(250 * 512 + 150));
        string line = ImageFile.Load(_folder["out.png"]).Text[GenerationSettings.ParametersKey];
        Assert.Contains("Mask blur: 4, Masked content: latent noise, Inpaint area: Only masked, Masked area padding: 10", line, StringComparison.Ordinal);

        bool SamePixel(int i) => input.Pixels.AsSpan(3 * i, 3).SequenceEqual(made.Pixels.AsSpan(3 * i, 3));
    }

    [Fact]
    public async Task A_range_of_depth_and_a_depth_map_for_the_inside_are_taken()
    {
        string map = _folder["map.npy"];
        DepthMapFile.Save(map, new DepthMap(512, 512, [.. Enumerable.Range(0, 512 * 512).Select(i => (float)(i % 512))]));
        CliRun run = await InpaintAsync("--near", "0.5..1.0", "--depth-inside", map, "-d", Repository.Samples("rendered/square-depth16.png"), "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        JsonElement settings = run.Json.GetProperty("settings").GetProperty("inpaint");
        Assert.Equal("depth", settings.GetProperty("mask").GetString());
        Assert.Equal(0.5, settings.GetProperty("near").GetProperty("from").GetDouble());
        Assert.Equal("shape", settings.GetProperty("depthInside").GetString());
    }

    [Fact]
    public async Task A_JPEG_is_said_to_be_lossy()
    {
        string mask = Mask(256, 256, (x, y) => x < 100);
        CliRun run = await CliFolder.RunAsync(Arguments(_folder["out.jpg"], CliFolder.Photo, "--mask", mask));
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("JPEG is lossy", run.Error, StringComparison.Ordinal);
        Assert.Contains("256x256 and was scaled to the picture's 512x512", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_transparent_is_repainted_and_comes_out_opaque()
    {
        Image photo = ImageFile.Load(CliFolder.Photo).ToRgb();
        byte[] alpha = [.. Enumerable.Range(0, 512 * 512).Select(i => (byte)(i % 512 < 128 ? 0 : 255))];
        ImageFile.Save(_folder["cut.png"], new Image(512, 512, photo.Pixels, alpha));
        CliRun run = await CliFolder.RunAsync(Arguments(_folder["out.png"], _folder["cut.png"], "--mask-alpha"));
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Null(ImageFile.Load(_folder["out.png"]).ToRgb().Alpha);
    }

    [Theory]
    [InlineData("one of --mask, --mask-alpha and --near")]
    [InlineData("--mask-alpha and --near are both given", "--mask-alpha", "--near", "0.5..1")]
    [InlineData("--only-masked, which is not given", "--near", "0.5..1", "--padding", "5")]
    [InlineData("FROM..TO", "--near", "0.5-1")]
    [InlineData("0.9..0.5", "--near", "0.9..0.5")]
    [InlineData("Feather is -1", "--near", "0.5..1", "--feather", "-1")]
    [InlineData("Padding is 5000", "--near", "0.5..1", "--only-masked", "--padding", "5000")]
    [InlineData("no transparent part", "--mask-alpha")]
    [InlineData("fill or original or noise or nothing", "--near", "0.5..1", "--fill", "gray")]
    public async Task Options_that_contradict_or_lie_outside_their_range_are_refused(string words, params string[] options)
    {
        (await InpaintAsync(options)).AssertRefused(ExitCodes.Usage, words);
        Assert.Empty(_folder.Files);
    }

    [Theory]
    [InlineData(512, 512, 0, "empty")]
    [InlineData(512, 512, 255, "covers the whole picture")]
    [InlineData(512, 300, 255, "512x300", "512x512", "another aspect")]
    public async Task Masks_that_cannot_be_used_are_refused(int width, int height, int value, params string[] words)
    {
        string mask = Mask(width, height, (_, _) => value > 0);
        (await InpaintAsync("--mask", mask)).AssertRefused(ExitCodes.Usage, words);
        Assert.Equal(["mask.png"], _folder.Files);
    }

    [Fact]
    public async Task A_range_of_depth_without_pixels_is_refused()
    {
        DepthMapFile.Save(_folder["map.npy"], new DepthMap(512, 512, [.. Enumerable.Range(0, 512 * 512).Select(i => i % 512 < 256 ? 0f : 1f)]));
        (await InpaintAsync("-d", _folder["map.npy"], "--near", "0.4..0.401")).AssertRefused(ExitCodes.Usage, "0.4..0.401", "nothing to repaint");
    }

    [Fact]
    public async Task A_depth_map_of_another_aspect_for_the_inside_is_refused_by_both_sizes()
    {
        DepthMapFile.Save(_folder["map.npy"], new DepthMap(2, 1, [0, 1]));
        (await InpaintAsync("--near", "0.5..1", "--depth-inside", _folder["map.npy"])).AssertRefused(ExitCodes.Usage, "2x1", "512x512");
    }

    [Fact]
    public async Task A_mask_s_output_that_exists_is_refused_before_work_begins()
    {
        string mask = Mask(512, 512, (x, _) => x < 100);
        (await InpaintAsync("--mask", mask, "--save-mask", mask)).AssertRefused(ExitCodes.Output, "mask.png", "--force");
        Assert.Equal(["mask.png"], _folder.Files);
    }

    private Task<CliRun> InpaintAsync(params string[] more) => CliFolder.RunAsync(Arguments(_folder["out.png"], CliFolder.Photo, more));

    private static string[] Arguments(string output, string image, params string[] more) =>
        ["inpaint", image, "-p", "a red ball", "-m", CliFolder.TinyModel, "--steps", "2", "--seed", "1", "--max-size", "64", "-o", output, .. more];

    private string Mask(int width, int height, Func<int, int, bool> repaint)
    {
        float[] values = [.. Enumerable.Range(0, width * height).Select(i => repaint(i % width, i / width) ? 1f : 0f)];
        new InpaintMask(width, height, values).Save(_folder["mask.png"]);
        return _folder["mask.png"];
    }
}
