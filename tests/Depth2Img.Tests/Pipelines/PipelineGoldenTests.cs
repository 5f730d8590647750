using System.Text.Json;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Whole pictures against diffusers' StableDiffusionDepth2ImgPipeline, row by row.</summary>
public sealed class PipelineGoldenTests(PipelineGoldenTests.LoadedPipelines pipelines) : IClassFixture<PipelineGoldenTests.LoadedPipelines>
{
    public static TheoryData<string> Rows { get; } = [.. ReadRows("tiny").Select(r => r.Key)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_tiny_checkpoint_gives_the_reference_latents_and_picture(string key)
    {
        (float[] latents, float[] image) = Run(pipelines.Tiny, "tiny", key);
        using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("pipeline-tiny.safetensors"));
        Assert.InRange(LargestDifference(golden[$"{key}.latents"].ToFloats(), latents), 0, 1e-3);
        Assert.InRange(LargestDifference(golden[$"{key}.image"].ToFloats(), image), 0, 2e-3);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_demo_checkpoint_gives_the_reference_picture(string key)
    {
        (_, float[] image) = Run(pipelines.Demo, "demo", key);
        using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("pipeline-demo.safetensors"));
        float[] expected = golden[$"{key}.image"].ToFloats();
        Assert.Equal(expected.Length, image.Length);
        double sum = 0;
        for (int i = 0; i < image.Length; i++) sum += Math.Abs(Math.Clamp(expected[i], 0f, 1f) - image[i]);
        Assert.InRange(sum / image.Length, 0, 2.0 / 255);
    }

    private static (float[] Latents, float[] Image) Run(DepthToImagePipeline pipeline, string name, string key)
    {
        Row row = ReadRows(name).Single(r => r.Key == key);
        using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden($"pipeline-{name}.safetensors"));
        WeightTensor pixels = golden[$"image.{row.Image}"];
        Image image = new(pixels.Dimensions[1], pixels.Dimensions[0], pixels.Data.ToArray());
        WeightTensor given = golden["depth.given"];
        bool karras = row.Scheduler.EndsWith("-karras", StringComparison.Ordinal);
        DenoisedLatents result = pipeline.Denoise(new DepthToImageRequest
        {
            Image = image,
            Prompt = row.Prompt,
            NegativePrompt = row.Negative,
            Strength = row.Strength,
            Steps = row.Steps,
            Guidance = row.Guidance,
            Seed = row.Seed,
            Count = row.NumImages,
            Scheduler = karras ? row.Scheduler[..^7] : row.Scheduler,
            Karras = karras,
            Size = new WorkingSize(image.Width, image.Height),
            DepthModel = "checkpoint",
            Depth = row.Depth == "given" ? new DepthMap(given.Dimensions[2], given.Dimensions[1], given.ToFloats()) : null,
        }, null, CancellationToken.None);
        return (result.Latents, DecodeChannelsFirst(pipeline, result));
    }

    private static float[] DecodeChannelsFirst(DepthToImagePipeline pipeline, DenoisedLatents result)
    {
        using IOps ops = pipeline.Backend.OpenSession();
        List<float> all = [];
        for (int n = 0; n < result.Geometry.Count; n++)
        {
            LatentGeometry g = result.Geometry;
            float[] rgb = LatentCodec.DecodeToFloats(pipeline.Vae, null, ops, result.Latents.AsSpan(n * g.Size, g.Size), g.Height, g.Width);
            for (int c = 0; c < 3; c++)
            {
                for (int i = c; i < rgb.Length; i += 3) all.Add(Math.Clamp(rgb[i] / 2 + 0.5f, 0f, 1f));
            }
        }
        return [.. all];
    }

    private static double LargestDifference(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }
        return largest;
    }

    private static Row[] ReadRows(string name) =>
        JsonSerializer.Deserialize<Row[]>(File.ReadAllText(Repository.Golden($"pipeline-{name}.json")), JsonSerializerOptions.Web)!;

    private sealed record Row(string Key, string Image, string Scheduler, double Strength, int Steps, double Guidance, string? Negative, long Seed,
        [property: System.Text.Json.Serialization.JsonPropertyName("num_images")] int NumImages, string Depth, string Prompt);

    /// <summary>The two checkpoints, loaded once for all rows.</summary>
    public sealed class LoadedPipelines : IDisposable
    {
        /// <summary>References are in single precision.</summary>
        private static readonly PipelineOptions Exact = new() { Precision = Precision.Float32 };

        private readonly Lazy<DepthToImagePipeline> _tiny = new(() => DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), Exact).GetAwaiter().GetResult());
        private readonly Lazy<DepthToImagePipeline> _demo = new(() => DepthToImagePipeline.LoadAsync(Repository.Models("demo"), Exact).GetAwaiter().GetResult());

        public DepthToImagePipeline Tiny => _tiny.Value;

        public DepthToImagePipeline Demo => _demo.Value;

        public void Dispose()
        {
            if (_tiny.IsValueCreated) _tiny.Value.Dispose();
            if (_demo.IsValueCreated) _demo.Value.Dispose();
        }
    }
}
