using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>The demo's picture on each of the machine's tiers.</summary>
public sealed class PrecisionTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Tiers_of_single_precision_make_the_same_picture_and_16_bit_products_one_as_good_as_it()
    {
        byte[] reference = (await GenerateAsync(CpuTiers.BestFloat32)).Images[0].Pixels;
        foreach (CpuTier tier in CpuTiers.Available.Where(tier => tier != CpuTiers.BestFloat32))
        {
            DepthToImageResult result = await GenerateAsync(tier);
            byte[] pixels = result.Images[0].Pixels;
            Assert.Contains(tier.Name(), result.Settings.Backend, StringComparison.Ordinal);
            Assert.Equal(reference.Length, pixels.Length);
            if (tier.IsFloat32())
            {
                Assert.Equal("float32", result.Settings.Precision);
                Assert.InRange(reference.Zip(pixels, (a, b) => Math.Abs((double)a - b)).Average(), 0, 0.5);
            }
            else
            {
                Assert.Equal("bfloat16", result.Settings.Precision);
                double meanSquare = reference.Zip(pixels, (a, b) => ((double)a - b) * (a - b)).Average();
                Assert.InRange(10 * Math.Log10(255 * 255 / meanSquare), 30, double.PositiveInfinity);
            }
        }
    }

    [Fact]
    public async Task Single_precision_is_kept_to_where_it_is_asked_for()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), new PipelineOptions { Precision = Precision.Float32 });
        Assert.Equal("float32", pipeline.Backend.Precision);
    }

    [Fact]
    public async Task Depth_has_the_same_bits_whatever_the_precision()
    {
        Image photo = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb();
        PipelineOptions auto = new() { TiefenrauschFolder = Repository.Models("tiefenrausch") };
        using DepthToImagePipeline fast = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), auto);
        using DepthToImagePipeline exact = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), auto with { Precision = Precision.Float32 });
        foreach (string model in (string[])["checkpoint", "tiefenrausch"])
            Assert.Equal((await exact.EstimateDepthAsync(photo, model)).Values, (await fast.EstimateDepthAsync(photo, model)).Values);
    }

    private static async Task<DepthToImageResult> GenerateAsync(CpuTier tier)
    {
        using IBackend backend = CpuBackends.Create(tier.Name());
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Models("demo"), new PipelineOptions
        {
            Backend = backend,
            TiefenrauschFolder = Repository.Models("tiefenrausch"),
        });
        return await pipeline.GenerateAsync(new DepthToImageRequest
        {
            Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
            Prompt = "a photo of a red ball on the grass",
            Seed = 1,
        }, null, CancellationToken.None);
    }
}
