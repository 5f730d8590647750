using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>A checkpoint without a depth channel, asked to do without depth.</summary>
public sealed class PlainImageToImageTests(ControlledPipeline controlled) : IClassFixture<ControlledPipeline>
{
    private static readonly DepthToImageRequest Plain = new()
    {
        Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
        Prompt = "a red ball",
        Steps = 3,
        Strength = 0.7,
        Seed = 1,
        MaxSize = 64,
    };

    [Fact]
    public async Task It_is_the_ControlNets_pipeline_with_weight_0_bit_for_bit_and_says_that_it_follows_no_depth()
    {
        using DepthToImagePipeline plain = await Load();
        DepthToImageResult result = await plain.GenerateAsync(Plain);
        DepthToImageResult off = await controlled.Pipeline.GenerateAsync(Plain with { ControlNet = new ControlNetSettings { Weight = 0 } });
        Assert.Equal(off.Images[0].Pixels, result.Images[0].Pixels);
        Assert.Equal("none", result.Settings.DepthModel);
        Assert.Null(result.Settings.ControlNet);
        Assert.True(plain.ResizeDepth(result.Depth, result.Settings.DepthModel, 5, 4).IsFlat);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task A_request_that_says_anything_of_depth_is_refused()
    {
        using DepthToImagePipeline plain = await Load();
        DepthToImageRequest[] requests =
        [
            Plain with { Depth = new DepthMap(2, 1, [0, 1]) },
            Plain with { DepthModel = "tiefenrausch" },
            Plain with { DepthAdjustment = new DepthAdjustment(Invert: true) },
        ];
        foreach (DepthToImageRequest request in requests)
            Assert.Contains("follows none", (await Assert.ThrowsAsync<InvalidRequestException>(() => plain.GenerateAsync(request))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_with_a_depth_channel_and_a_ControlNet_beside_it_are_refused()
    {
        Depth2ImgException depth = await Assert.ThrowsAsync<Depth2ImgException>(() => DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), new PipelineOptions { ImageToImage = true }));
        Assert.Contains("flat depth map", depth.Message, StringComparison.Ordinal);
        Depth2ImgException both = await Assert.ThrowsAsync<Depth2ImgException>(
            () => controlled.LoadAsync(new PipelineOptions { ImageToImage = true, ControlNet = new ControlNetOptions(controlled.ControlNet) }));
        Assert.Contains("leave one of them away", both.Message, StringComparison.Ordinal);
    }

    private Task<DepthToImagePipeline> Load() => controlled.LoadAsync(new PipelineOptions { ImageToImage = true, Backend = controlled.Pipeline.Backend });
}
