using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

public sealed class DepthEditTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Map => Repository.Samples("rendered/square-depth16.png");

    private Task<CliRun> EditAsync(string name, params string[] args) => CliFolder.RunAsync(["depth", "edit", Map, "-o", _folder[name], .. args]);

    private async Task<DepthMap> EditedAsync(params string[] args)
    {
        CliRun run = await EditAsync("out.npy", [.. args, "--force"]);
        Assert.Equal((ExitCodes.Success, _folder["out.npy"]), (run.ExitCode, run.Output.Trim()));
        return DepthMapFile.Load(_folder["out.npy"]);
    }

    [Fact]
    public async Task Operations_are_applied_in_the_order_in_which_they_are_given()
    {
        DepthMap map = DepthMapFile.Load(Map);
        Assert.Equal(map.Gamma(2).Clip(0.2, 0.8).Values, (await EditedAsync("--gamma", "2", "--clip", "0.2:0.8")).Values);
        Assert.Equal(map.Clip(0.2, 0.8).Gamma(2).Values, (await EditedAsync("--clip", "0.2:0.8", "--gamma", "2")).Values);
        Assert.Equal(map.Gamma(2).Invert().Gamma(0.5).Invert().Values, (await EditedAsync("--gamma=2", "--invert", "--gamma", "0.5", "--invert")).Values);
    }

    [Fact]
    public async Task Every_operation_does_what_the_library_does()
    {
        DepthMap map = DepthMapFile.Load(Map);
        Assert.Equal(map.Blur(2.5).Values, (await EditedAsync("--blur", "2.5")).Values);
        Assert.Equal(map.Smooth(4).Values, (await EditedAsync("--smooth", "4")).Values);
        Assert.Equal(map.Median(1).Values, (await EditedAsync("--median", "1")).Values);
        Assert.Equal(map.SharpenEdges(3).Values, (await EditedAsync("--sharpen", "3")).Values);
        Assert.Equal(map.RemovePlane().Values, (await EditedAsync("--remove-plane")).Values);
        Assert.Equal(map.Shift(-0.25).Values, (await EditedAsync("--farther", "0.25")).Values);
        Assert.Equal(map.Values, (await EditedAsync()).Values);
    }

    [Fact]
    public async Task A_region_keeps_what_follows_to_itself_until_the_next()
    {
        DepthMap map = DepthMapFile.Load(Map);
        DepthMask rectangle = DepthMask.Rectangle(map.Width, map.Height, 10, 20, 100, 50), ellipse = DepthMask.Ellipse(map.Width, map.Height, map.Width * 0.1, 0, map.Width * 0.5, map.Height * 0.25).Feather(6);
        DepthMap expected = map.Blend(map.Shift(0.5), rectangle);
        expected = expected.Blend(expected.Blur(3), ellipse).Gamma(0.8);
        DepthMap edited = await EditedAsync("--region", "rect:10,20,100,50", "--nearer", "0.5", "--region", "ellipse:10%,0,50%,25%", "--feather", "6", "--blur", "3", "--region", "all", "--gamma", "0.8");
        Assert.Equal(expected.Values, edited.Values);
    }

    [Fact]
    public async Task A_second_map_is_merged_by_a_masks_white()
    {
        DepthMap map = DepthMapFile.Load(Map);
        byte[] white = new byte[3 * 64 * 64];
        white.AsSpan(0, white.Length / 2).Fill(255);
        ImageFile.Save(_folder["mask.png"], new Image(64, 64, white));
        DepthMap other = new(map.Width, map.Height, Array.ConvertAll(map.Values, v => 7 * v + 3));
        DepthMapFile.Save(_folder["other.npy"], other);
        DepthMap merged = await EditedAsync("--region", _folder["mask.png"], "--merge", _folder["other.npy"]);
        Assert.Equal(other.Values[0], merged.Values[0]);
        Assert.Equal(map.Values[^1], merged.Values[^1]);
        DepthMap aligned = await EditedAsync("--region", _folder["mask.png"], "--merge-aligned", _folder["other.npy"]);
        for (int i = 0; i < map.Values.Length; i += 997) Assert.Equal(map.Values[i], aligned.Values[i], 1e-4);
    }

    [Fact]
    public async Task An_edited_map_keeps_more_than_256_levels_in_16_bits_and_makes_views()
    {
        Assert.Equal(ExitCodes.Success, (await EditAsync("out.png", "-o", _folder["out.pfm"], "--blur", "1", "--nearer", "0.1", "--json")).ExitCode);
        Assert.True(DepthMapFile.Load(_folder["out.png"]).Values.Distinct().Count() > 256);
        Assert.True(DepthMapFile.Load(_folder["out.pfm"]).Values.Distinct().Count() > 256);
        Assert.Equal(ExitCodes.Success, (await CliFolder.RunAsync("depth", CliFolder.Photo, "-d", _folder["out.png"], "-o", _folder["a.glb"])).ExitCode);
    }

    [Theory]
    [InlineData(ExitCodes.Usage, "--blur", "'much'", "--blur", "much")]
    [InlineData(ExitCodes.Usage, "--blur", "NaN", "--blur", "NaN")]
    [InlineData(ExitCodes.Usage, "--clip", "FAR:NEAR", "--clip", "0.5")]
    [InlineData(ExitCodes.Usage, "--median", "whole number", "--median", "1.5")]
    [InlineData(ExitCodes.Usage, "--magic", "--magic", "--magic", "1")]
    [InlineData(ExitCodes.Input, "blurred", "1000", "--blur", "2000")]
    [InlineData(ExitCodes.Input, "blurred", "0", "--blur", "0")]
    [InlineData(ExitCodes.Input, "1 to 25", "26", "--median", "26")]
    [InlineData(ExitCodes.Input, "clipped", "0.9", "--clip", "0.9:0.1")]
    [InlineData(ExitCodes.Input, "gamma", "-1", "--gamma", "-1")]
    [InlineData(ExitCodes.Input, "rect:", "percent", "--region", "rect:1,2,3")]
    [InlineData(ExitCodes.Input, "rect:", "percent", "--region", "rect:1,2,3,x")]
    [InlineData(ExitCodes.Input, "ellipse", "outside", "--region", "ellipse:9000,0,5,5")]
    [InlineData(ExitCodes.Input, "rectangle", "no area", "--region", "rect:0,0,0,5")]
    [InlineData(ExitCodes.Input, "no file", "none.png", "--region", "none.png")]
    [InlineData(ExitCodes.Input, "--feather", "--region", "--feather", "3")]
    [InlineData(ExitCodes.Input, "no file", "none.npy", "--merge", "none.npy")]
    public async Task What_cannot_be_is_refused_and_nothing_is_written(int exitCode, string expected, string also, params string[] args)
    {
        (await EditAsync("out.png", args)).AssertRefused(exitCode, expected, also);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task Wrong_inputs_and_outputs_are_refused()
    {
        (await CliFolder.RunAsync("depth", "edit", Map)).AssertRefused(ExitCodes.Usage, "--output");
        (await CliFolder.RunAsync("depth", "edit", _folder["none.png"], "-o", _folder["out.png"])).AssertRefused(ExitCodes.Input, "none.png");
        (await EditAsync("out.glb")).AssertRefused(ExitCodes.Output, ".glb");
        ImageFile.Save(_folder["mask.png"], new Image(40, 20, new byte[2400]));
        (await EditAsync("out.png", "--region", _folder["mask.png"], "--invert")).AssertRefused(ExitCodes.Input, "40x20", "aspect");
        _folder.Write("out.png", [1]);
        (await EditAsync("out.png")).AssertRefused(ExitCodes.Output, "exists");
    }
}
