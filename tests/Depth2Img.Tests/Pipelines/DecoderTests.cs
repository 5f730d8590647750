using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>TAESD in the stead of a checkpoint's own decoder.</summary>
public sealed class DecoderTests : IDisposable
{
    private static readonly PipelineOptions Options = new() { TaesdFolder = Repository.Models("demo/vae") };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Latents_of_Stable_Diffusion_s_scale_are_decoded_by_TAESD_as_the_UNet_has_them()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(TinyModelOfScale("0.18215"), Options);
        using DepthToImagePipeline demo = await DepthToImagePipeline.LoadAsync(Repository.Models("demo"));
        DenoisedLatents denoised = pipeline.Denoise(Request(), null, CancellationToken.None);
        DepthToImageResult result = await pipeline.GenerateAsync(Request() with { Decoder = LatentDecoder.Taesd });

        using IOps ops = demo.Backend.OpenSession();
        Image expected = LatentCodec.Decode(demo.Vae, ops, denoised.Latents, denoised.Geometry.Height, denoised.Geometry.Width);
        Assert.Equal(1, demo.Vae.ScalingFactor);
        expected = new WorkingSize(64, 64).Undo(expected, result.Images[0].Width, result.Images[0].Height);
        Assert.Equal(expected.Pixels, result.Images[0].Pixels);
        Assert.Equal(LatentDecoder.Taesd, result.Settings.Decoder);
        Assert.Equal(result.Settings, GenerationSettings.FromJson(result.Settings.ToJson()));
        Assert.Contains("\"decoder\":\"taesd\"", result.Settings.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checkpoint_s_own_decoder_is_what_no_decoder_means()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), Options);
        DepthToImageResult plain = await pipeline.GenerateAsync(Request());
        DepthToImageResult named = await pipeline.GenerateAsync(Request() with { Decoder = LatentDecoder.Checkpoint });
        Assert.Equal(plain.Images[0].Pixels, named.Images[0].Pixels);
        Assert.Null(plain.Settings.Decoder);
        Assert.Null(named.Settings.Decoder);
    }

    [Fact]
    public async Task Latents_of_another_scale_are_refused()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), Options);
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => pipeline.GenerateAsync(Request() with { Decoder = LatentDecoder.Taesd }));
        Assert.Equal("Decoder", Assert.Single(e.Faults).Property);
    }

    [Fact]
    public async Task A_missing_TAESD_is_told_when_it_is_needed_and_not_before()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(TinyModelOfScale("0.18215"), new PipelineOptions { TaesdFolder = _folder.File("none") });
        await pipeline.GenerateAsync(Request());
        Depth2ImgException e = await Assert.ThrowsAsync<Depth2ImgException>(() => pipeline.GenerateAsync(Request() with { Decoder = LatentDecoder.Taesd }));
        Assert.Contains(_folder.File("none"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_checkpoint_that_has_TAESD_itself_nothing_is_traded()
    {
        using DepthToImagePipeline demo = await DepthToImagePipeline.LoadAsync(Repository.Models("demo"));
        DepthToImageResult plain = await demo.GenerateAsync(Request());
        DepthToImageResult named = await demo.GenerateAsync(Request() with { Decoder = LatentDecoder.Taesd });
        Assert.Equal(plain.Images[0].Pixels, named.Images[0].Pixels);
        Assert.Null(named.Settings.Decoder);
    }

    private static DepthToImageRequest Request() => new()
    {
        Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
        Prompt = "a red ball",
        Steps = 2,
        Strength = 1,
        Seed = 1,
        Size = new WorkingSize(64, 64),
        Depth = new DepthMap(2, 2, [0, 1, 2, 3]),
    };

    private string TinyModelOfScale(string scale)
    {
        string source = Repository.Golden("tiny-depth2img"), target = _folder.File("model");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        string config = Path.Combine(target, "vae", "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"scaling_factor\": 0.6", $"\"scaling_factor\": {scale}", StringComparison.Ordinal));
        return target;
    }
}
