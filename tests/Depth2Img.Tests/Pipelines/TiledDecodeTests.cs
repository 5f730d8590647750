using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

public class TiledDecodeTests
{
    [Fact]
    public async Task A_picture_above_the_limit_is_decoded_in_tiles_says_so_and_looks_the_same()
    {
        string folder = Repository.Golden("tiny-depth2img");
        DepthToImageRequest request = new()
        {
            Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb().Crop(0, 0, 512, 300),
            Prompt = "a red ball",
            Seed = 5,
            Steps = 1,
            Strength = 1,
            Guidance = 1,
            Size = new WorkingSize(640, 376),
            DepthModel = "checkpoint",
        };
        using DepthToImagePipeline whole = await DepthToImagePipeline.LoadAsync(folder);
        using DepthToImagePipeline tiled = await DepthToImagePipeline.LoadAsync(folder, new PipelineOptions { WholeDecodeLimit = 64 * 47 });

        DepthToImageResult expected = await whole.GenerateAsync(request), actual = await tiled.GenerateAsync(request);

        Assert.Null(expected.Settings.DecodeTiles);
        Assert.Equal(2, actual.Settings.DecodeTiles);
        Assert.Equal(2, GenerationSettings.FromJson(actual.Settings.ToJson()).DecodeTiles);
        int[] differences = [.. expected.Images[0].Pixels.Zip(actual.Images[0].Pixels, (e, a) => Math.Abs(e - a))];
        Assert.True(differences.Average() < 0.5, $"the mean difference is {differences.Average()} of 255");
        Assert.True(differences.Max() <= 1, $"the largest difference is {differences.Max()} of 255");
    }
}
