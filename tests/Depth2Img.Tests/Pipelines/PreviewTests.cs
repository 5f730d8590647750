using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Previews of a picture in the making.</summary>
public sealed class PreviewTests(TinyPipeline tiny) : IClassFixture<TinyPipeline>
{
    private static readonly DepthToImageRequest Request = new()
    {
        Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
        Prompt = "a red ball",
        Steps = 8,
        Strength = 1,
        Seed = 3,
        Count = 2,
        MaxSize = 60,
        Previews = true,
        Depth = new DepthMap(2, 2, [0, 1, 2, 3]),
    };

    [Fact]
    public async Task Every_evaluation_of_every_picture_has_a_preview_of_the_working_size()
    {
        List<GenerationProgress> reports = [];
        await tiny.Pipeline.GenerateAsync(Request, new Collector(reports));
        List<GenerationPreview> previews = [.. reports.Select(r => r.Preview).OfType<GenerationPreview>()];
        Assert.Equal(reports[^1].Steps, previews.Count);
        Assert.Equal(Enumerable.Range(0, 2).SelectMany(picture => Enumerable.Repeat(picture, previews.Count / 2)), previews.Select(p => p.Picture));
        Assert.All(previews, p => Assert.Equal((60, 60), (p.Decode().Width, p.Decode().Height)));
    }

    [Fact]
    public async Task Without_being_wanted_there_are_none()
    {
        List<GenerationProgress> reports = [];
        await tiny.Pipeline.GenerateAsync(Request with { Previews = false }, new Collector(reports));
        Assert.All(reports, r => Assert.Null(r.Preview));
    }

    [Fact]
    public async Task A_preview_shows_its_own_moment_and_previews_change_no_picture()
    {
        List<byte[]> then = [];
        List<GenerationProgress> reports = [];
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(Request, new Collector(reports, r =>
        {
            if (r.Preview is not null) then.Add(r.Preview.Decode().Pixels);
        }));
        Assert.Equal(then, reports.Select(r => r.Preview).OfType<GenerationPreview>().Select(p => p.Decode().Pixels));
        Assert.Equal((await tiny.Pipeline.GenerateAsync(Request with { Previews = false })).Images[1].Pixels, result.Images[1].Pixels);
    }

    [Fact]
    public async Task Latents_of_Stable_Diffusion_s_scale_are_shown_by_TAESD_as_the_UNet_has_them()
    {
        using TemporaryFolder folder = new();
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(
            TinyModelOfScale(folder, "0.18215"), new PipelineOptions { TaesdFolder = Repository.Models("demo/vae") });
        using DepthToImagePipeline demo = await DepthToImagePipeline.LoadAsync(Repository.Models("demo"));
        using TaesdDecoder taesd = new(pipeline.Vae, Repository.Models("demo/vae"), pipeline.Backend);
        Assert.True(taesd.KnowsLatents);
        float[] latents = [.. Enumerable.Range(0, 4 * 64).Select(i => MathF.Sin(i))];
        WorkingSize size = new(64, 64);
        Image shown = LatentPreviewer.Create(taesd, pipeline.Backend, latents, 4, Request.Image, size).Decode(latents, CancellationToken.None);
        using IOps ops = demo.Backend.OpenSession();
        Assert.Equal(1, demo.Vae.ScalingFactor);
        Assert.Equal(LatentCodec.Decode(demo.Vae, null, ops, latents, 8, 8).Pixels, shown.Pixels);
    }

    [Fact]
    public async Task A_missing_TAESD_is_told_when_a_preview_is_asked_for_and_not_before()
    {
        using TemporaryFolder folder = new();
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(
            TinyModelOfScale(folder, "0.18215"), new PipelineOptions { TaesdFolder = folder.File("none") });
        List<GenerationProgress> reports = [];
        await pipeline.GenerateAsync(Request, new Collector(reports));
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => reports.Select(r => r.Preview).OfType<GenerationPreview>().First().Decode());
        Assert.Contains(folder.File("none"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Latents_of_another_scale_are_not_taken_for_Stable_Diffusion_s()
    {
        using TaesdDecoder taesd = new(tiny.Pipeline.Vae, null, tiny.Pipeline.Backend);
        Assert.False(taesd.KnowsLatents);
    }

    [Fact]
    public async Task Previews_come_ever_nearer_to_the_picture()
    {
        using DepthToImagePipeline demo = await DepthToImagePipeline.LoadAsync(Repository.Models("demo"));
        List<GenerationProgress> reports = [];
        DepthToImageResult result = await demo.GenerateAsync(Request with { Size = new WorkingSize(128, 128), MaxSize = null, Count = 1 }, new Collector(reports));
        Image final = ImageResizer.Resize(result.Images[0], 128, 128, ResizeFilter.Lanczos);
        double[] distances = [.. reports.Select(r => r.Preview).OfType<GenerationPreview>().Select(p => MeanDifference(p.Decode(), final))];
        Assert.InRange(distances[^1], 0, 6);
        Assert.True(distances[0] > 2 * distances[^1], string.Join(", ", distances));
    }

    [Theory]
    [InlineData(PredictionType.Epsilon, 500)]
    [InlineData(PredictionType.Velocity, 999)]
    [InlineData(PredictionType.Sample, 0)]
    [InlineData(PredictionType.Velocity, 400.5)]
    public void Clean_latents_are_found_in_noisy_ones_if_the_network_is_right(PredictionType type, double timestep)
    {
        EulerOptions options = new() { PredictionType = type };
        ReadOnlySpan<float> alphas = NoiseSchedule.Create(options).AlphasCumprod;
        int below = (int)timestep;
        float alphaBar = timestep == below ? alphas[below] : (alphas[below] + alphas[below + 1]) / 2;
        float signal = MathF.Sqrt(alphaBar), sigma = MathF.Sqrt(1 - alphaBar);
        float[] clean = [0.5f, -2, 0, 1], noise = [1, -0.3f, 2, 0];
        float[] noisy = [.. clean.Zip(noise, (c, n) => signal * c + sigma * n)];
        float[] prediction = type switch
        {
            PredictionType.Epsilon => noise,
            PredictionType.Velocity => [.. clean.Zip(noise, (c, n) => signal * n - sigma * c)],
            _ => clean,
        };
        NumericAssert.Close(clean, new CleanLatents(options).Estimate(noisy, prediction, timestep), 1e-4, "clean latents");
    }

    [Fact]
    public void A_linear_map_is_found_again_from_a_picture_and_its_latents()
    {
        const int Side = 8;
        float[] latents = [.. Enumerable.Range(0, 2 * Side * Side).Select(i => MathF.Sin(1.7f * i))];
        byte[] pixels = new byte[3 * Side * Side];
        for (int p = 0; p < Side * Side; p++)
        {
            pixels[3 * p] = (byte)Math.Round(128 + 60 * latents[p]);
            pixels[3 * p + 1] = (byte)Math.Round(100 - 50 * latents[Side * Side + p]);
            pixels[3 * p + 2] = (byte)Math.Round(90 + 30 * latents[p] + 20 * latents[Side * Side + p]);
        }
        Image picture = new(Side, Side, pixels);
        LinearLatentMap map = LinearLatentMap.Fit(latents, 2, Side, Side, picture);
        Assert.InRange(MeanDifference(picture, map.Apply(latents, Side, Side)), 0, 1);
    }

    [Fact]
    public void A_picture_of_one_colour_has_a_linear_map_too()
    {
        Image white = new(4, 4, [.. Enumerable.Repeat((byte)255, 48)]);
        LinearLatentMap map = LinearLatentMap.Fit(new float[16 * 4], 4, 4, 4, white);
        Assert.InRange(MeanDifference(white, map.Apply(new float[16 * 4], 4, 4)), 0, 1);
    }

    private static double MeanDifference(Image a, Image b) => a.Pixels.Zip(b.Pixels, (x, y) => Math.Abs(x - y)).Average();

    /// <summary>A copy of the tiny checkpoint whose autoencoder says that its latents have another scale.</summary>
    private static string TinyModelOfScale(TemporaryFolder folder, string scale)
    {
        string source = Repository.Golden("tiny-depth2img"), target = folder.File("model");
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

    private sealed class Collector(List<GenerationProgress> reports, Action<GenerationProgress>? also = null) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
        {
            reports.Add(value);
            also?.Invoke(value);
        }
    }
}
