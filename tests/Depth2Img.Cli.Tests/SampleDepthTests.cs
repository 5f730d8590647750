using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Cli.Tests;

/// <summary><c>depth</c> of every sample picture, and how well it agrees with the truth where that is known.</summary>
public sealed class SampleDepthTests(ITestOutputHelper output) : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("houses", "tiefenrausch", 0.84)]
    [InlineData("meadow", "tiefenrausch", 0.92)]
    [InlineData("room", "tiefenrausch", 0.82)]
    [InlineData("square", "tiefenrausch", 0.82)]
    [InlineData("houses", "checkpoint", 0.97)]
    [InlineData("meadow", "checkpoint", 0.99)]
    [InlineData("room", "checkpoint", 0.97)]
    [InlineData("square", "checkpoint", 0.97)]
    public async Task Of_a_rendered_picture_it_agrees_with_the_truth_and_white_is_near(string name, string depthModel, double least)
    {
        DepthMap map = await Depth($"rendered/{name}.png", depthModel);
        double correlation = DepthMap.Correlation(map, DepthMapFile.Load(Repository.Samples($"rendered/{name}-depth16.png")));
        output.WriteLine($"{name}, {depthModel}: {correlation:0.000}");
        Assert.InRange(correlation, least, 1);
    }

    [Theory]
    [InlineData("photos/columns.jpg", "tiefenrausch")]
    [InlineData("photos/pumpkin.jpg", "tiefenrausch")]
    [InlineData("photos/columns.jpg", "checkpoint")]
    [InlineData("photos/pumpkin.jpg", "checkpoint")]
    public async Task Of_a_photograph_the_ground_is_nearer_than_the_top(string picture, string depthModel)
    {
        DepthMap map = await Depth(picture, depthModel);
        int quarter = map.Width * (map.Height / 4);
        Assert.True(map.Values[^quarter..].Average() > map.Values[..quarter].Average() + 0.1, "white is near");
    }

    [Theory]
    [InlineData("tiefenrausch")]
    [InlineData("checkpoint")]
    public async Task Of_a_portrait_it_is_a_map_too(string depthModel) =>
        Assert.True((await Depth("sd2-depth2img/old_man.png", depthModel)).Values.Distinct().Count() > 256);

    /// <summary>Runs the command and checks the file: a grayscale PNG of 16 bits and the picture's size, from black to white.</summary>
    private async Task<DepthMap> Depth(string picture, string depthModel)
    {
        string path = Repository.Samples(picture);
        CliRun run = await CliFolder.RunAsync("depth", path, "--depth-model", depthModel, "-o", _folder["depth.png"]);
        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.ExitCode == ExitCodes.Success ? "" : run.Error));
        byte[] file = await File.ReadAllBytesAsync(_folder["depth.png"]);
        // The header's bit depth and colour type.
        Assert.Equal((16, 0), (file[24], file[25]));
        DepthMap map = DepthMapFile.Load(_folder["depth.png"]);
        ImageInfo input = ImageFile.Identify(path);
        Assert.Equal((input.Width, input.Height), (map.Width, map.Height));
        Assert.Equal((0, 1), map.Range);
        return map;
    }
}
