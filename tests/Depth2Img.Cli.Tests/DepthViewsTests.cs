using System.Text;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

public sealed class DepthViewsTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Map => Repository.Samples("rendered/square-depth16.png");

    /// <summary>`depth` with the sample's own map, so that no network runs.</summary>
    private static Task<CliRun> RunAsync(params string[] args) => CliFolder.RunAsync(["depth", CliFolder.Photo, "--depth", Map, .. args]);

    [Fact]
    public async Task One_estimate_is_written_as_everything_that_is_named()
    {
        string[] names = ["a.png", "a.npy", "a.pfm", "a.ply", "a.glb", "a.apng", "s.jpg:stereo", "r.png:anaglyph", "p.png:parallax"];
        CliRun run = await CliFolder.RunAsync(["depth", CliFolder.Photo, "--depth-model", "checkpoint", "-m", CliFolder.TinyModel, "--frames", "3", "--animation-size", "64", .. names.SelectMany(n => new[] { "-o", _folder[n] })]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(["a.apng", "a.glb", "a.npy", "a.pfm", "a.ply", "a.png", "p.png", "r.png", "s.jpg"], _folder.Files);
        ImageInfo photo = ImageFile.Identify(CliFolder.Photo);
        Assert.Equal(DepthMapFile.Load(_folder["a.npy"]).Values, DepthMapFile.Load(_folder["a.pfm"]).Values);
        Assert.Equal(DepthMapFile.Load(_folder["a.npy"]).ToGray16(), DepthMapFile.Load(_folder["a.png"]).ToGray16());
        Assert.Equal(new ImageInfo(ImageFormat.Jpeg, 2 * photo.Width, photo.Height), ImageFile.Identify(_folder["s.jpg"]));
        Assert.Equal(new ImageInfo(ImageFormat.Png, photo.Width, photo.Height), ImageFile.Identify(_folder["r.png"]));
        Assert.Equal(new ImageInfo(ImageFormat.Png, 64, 64), ImageFile.Identify(_folder["p.png"]));
        Assert.Equal(File.ReadAllBytes(_folder["a.apng"]), File.ReadAllBytes(_folder["p.png"]));
        Assert.StartsWith("ply\n", Encoding.Latin1.GetString(File.ReadAllBytes(_folder["a.ply"])), StringComparison.Ordinal);
        Assert.Equal("glTF"u8, File.ReadAllBytes(_folder["a.glb"]).AsSpan(0, 4));
    }

    [Fact]
    public async Task A_map_of_ones_own_takes_the_place_of_the_estimate_with_all_its_levels()
    {
        CliRun run = await RunAsync("-o", _folder["a.png"], "-o", _folder["a.npy"], "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(DepthMapFile.Load(Map).Values, DepthMapFile.Load(_folder["a.npy"]).Values);
        Assert.True(DepthMapFile.Load(_folder["a.png"]).Values.Distinct().Count() > 256);
        Assert.Equal(2, run.Json.GetProperty("outputs").GetArrayLength());
        Assert.Equal("square-depth16.png", run.Json.GetProperty("depthModel").GetString());
    }

    [Theory]
    [InlineData("8", 8)]
    [InlineData("16", 16)]
    public async Task A_gray_map_has_the_bits_that_are_asked_for(string bits, int depth)
    {
        Assert.Equal(ExitCodes.Success, (await RunAsync("-o", _folder["a.png"], "--bits", bits)).ExitCode);
        DecodedImage read = ImageFile.Load(_folder["a.png"]);
        DepthMap truth = DepthMapFile.Load(Map);
        Assert.Equal(depth, read.BitDepth);
        Assert.Equal(depth == 8 ? Array.ConvertAll(truth.ToGray8(), v => v / 255f) : Array.ConvertAll(truth.ToGray16(), v => v / 65535f), read.ToGray());
    }

    [Fact]
    public async Task View_says_what_pictures_show_and_a_files_own_word_goes_before()
    {
        Assert.Equal(ExitCodes.Success, (await RunAsync("--view", "stereo", "-o", _folder["s.png"], "-o", _folder["m.png:map"], "-o", _folder["m.npy"])).ExitCode);
        int width = ImageFile.Identify(CliFolder.Photo).Width;
        Assert.Equal(2 * width, ImageFile.Identify(_folder["s.png"]).Width);
        Assert.Equal(width, ImageFile.Identify(_folder["m.png"]).Width);
    }

    [Fact]
    public async Task A_colon_in_a_folders_name_is_part_of_the_path()
    {
        Directory.CreateDirectory(_folder["a.b:c"]);
        Assert.Equal(ExitCodes.Success, (await RunAsync("-o", Path.Combine(_folder["a.b:c"], "m.npy"))).ExitCode);
    }

    [Theory]
    [InlineData(ExitCodes.Output, "nothing", "-o", "a.png:nothing")]
    [InlineData(ExitCodes.Output, "stereo", "-o", "a.npy:stereo")]
    [InlineData(ExitCodes.Output, ".obj", "-o", "a.obj")]
    [InlineData(ExitCodes.Output, ".apng", "-o", "a.jpg:parallax")]
    [InlineData(ExitCodes.Output, "'.jpg'", "-o", "a.jpg")]
    [InlineData(ExitCodes.Output, "twice", "-o", "a.png", "-o", "a.png:stereo")]
    [InlineData(ExitCodes.Output, "--colormap", "-o", "a.npy", "--colormap", "turbo")]
    [InlineData(ExitCodes.Usage, "--view", "-o", "a.png", "--view", "side")]
    [InlineData(ExitCodes.Usage, "180", "-o", "a.glb", "--fov", "180")]
    [InlineData(ExitCodes.Usage, "must be from", "-o", "a.glb", "--near", "0")]
    [InlineData(ExitCodes.Usage, "nearer", "-o", "a.glb", "--near", "5")]
    [InlineData(ExitCodes.Usage, "farthest", "-o", "a.ply", "--far", "NaN")]
    [InlineData(ExitCodes.Usage, "2 to 8192", "-o", "a.ply", "--detail", "0")]
    [InlineData(ExitCodes.Usage, "edge cut", "-o", "a.glb", "--edge-cut", "-1")]
    [InlineData(ExitCodes.Usage, "0 to 1000", "-o", "a.glb", "--edge-radius", "-1")]
    [InlineData(ExitCodes.Usage, "0 to 0.2", "-o", "a.png", "--eye-distance", "21")]
    [InlineData(ExitCodes.Usage, "screen depth", "-o", "a.png", "--screen-depth", "2")]
    [InlineData(ExitCodes.Usage, "2 to 240", "-o", "a.apng", "--frames", "1")]
    [InlineData(ExitCodes.Usage, "10 to 10000", "-o", "a.apng", "--frame-time", "1")]
    [InlineData(ExitCodes.Usage, "16 to 4096", "-o", "a.apng", "--animation-size", "8")]
    [InlineData(ExitCodes.Usage, "'wide'", "-o", "a.glb", "--fov", "wide")]
    [InlineData(ExitCodes.Usage, "gamma", "-o", "a.png", "--depth-gamma", "0")]
    public async Task What_cannot_be_is_refused_before_anything_is_written(int exitCode, string expected, params string[] args)
    {
        (await RunAsync([.. args.Select(a => a.StartsWith("a.", StringComparison.Ordinal) ? _folder[a] : a)])).AssertRefused(exitCode, expected);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task A_picture_that_has_become_a_BMP_gives_the_same_depth()
    {
        Image picture = ImageFile.Load(CliFolder.Photo).ToRgb();
        byte[] head = [(byte)'B', (byte)'M', 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, .. BitConverter.GetBytes(picture.Width), .. BitConverter.GetBytes(-picture.Height), 1, 0, 24, 0, .. new byte[24]];
        byte[] pixels = [.. picture.Pixels.Chunk(3).SelectMany(p => p.Reverse())];
        string bmp = _folder.Write("photo.bmp", [.. head, .. pixels]);
        Assert.Equal(ExitCodes.Success, (await CliFolder.RunAsync("depth", bmp, "-o", _folder["a.npy"])).ExitCode);
        Assert.Equal(ExitCodes.Success, (await CliFolder.RunAsync("depth", CliFolder.Photo, "-o", _folder["b.npy"])).ExitCode);
        Assert.Equal(File.ReadAllBytes(_folder["b.npy"]), File.ReadAllBytes(_folder["a.npy"]));
    }
}
