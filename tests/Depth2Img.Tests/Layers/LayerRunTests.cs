using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.Tests.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Layers;

/// <summary>Layers through the whole pipeline, on the tiny checkpoint.</summary>
public sealed class LayerRunTests(TinyPipeline tiny, ControlledPipeline controlled) : IClassFixture<TinyPipeline>, IClassFixture<ControlledPipeline>
{
    private static readonly Image Photo = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb();

    private static readonly DepthLayer Ball = new() { Prompt = "a red ball" }, Cube = new() { Prompt = "a blue cube" };

    private static readonly DepthToImageRequest Whole = new()
    {
        Image = Photo,
        Prompt = "a red ball",
        Steps = 10,
        Strength = 0.8,
        Guidance = 4,
        Seed = 1,
        MaxSize = 64,
        Scheduler = "ddim",
        Depth = new DepthMap(512, 512, [.. Enumerable.Range(0, 512 * 512).Select(i => (float)(i / 512))]),
    };

    [Theory]
    [InlineData("pndm")]
    [InlineData("euler-a")]
    [InlineData("heun")]
    public void One_prompt_for_all_layers_is_the_picture_made_as_one(string scheduler)
    {
        DepthToImageRequest whole = Whole with { Scheduler = scheduler };
        Assert.Equal(Latents(whole), Latents(Layered(whole, Ball, Ball)));
    }

    [Fact]
    public async Task Blended_predictions_of_one_prompt_are_the_picture_made_as_one_but_for_rounding()
    {
        // Guidance that differs in its last digit keeps the layers from being evaluated as one.
        DepthToImageRequest layered = Whole with { Layers = new DepthLayers { Layers = [Ball, Ball with { Guidance = 4.000001 }], Isolation = 0 } };
        using IBackend backend = TestBackends.OpenFastest();
        using DepthToImagePipeline single = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), new PipelineOptions { Backend = backend });
        float[] whole = single.Denoise(Whole, null, CancellationToken.None).Latents, latents = single.Denoise(layered, null, CancellationToken.None).Latents;
        NumericAssert.Close(whole, latents, 1e-3, "blended");
        Assert.NotEqual(whole, latents);
    }

    [Fact]
    public void Each_layer_follows_its_own_prompt()
    {
        float[] both = Latents(Layered(Whole, Ball, Cube));
        Assert.NotEqual(both, Latents(Whole));
        Assert.NotEqual(both, Latents(Layered(Whole, Cube, Ball)));
        Assert.NotEqual(both, Latents(Layered(Whole, Ball, Cube with { NegativePrompt = "a cone" })));
        Assert.NotEqual(both, Latents(Layered(Whole, Ball, Cube with { Guidance = 7 })));
    }

    [Fact]
    public void A_prompt_has_no_effect_at_all_beyond_its_layer_where_layers_never_see_each_other()
    {
        DepthToImageRequest Made(DepthLayer far) => Whole with { Layers = new DepthLayers { Layers = [Ball, far], Cut = LayerCut.By(Half()), Softness = 0, Isolation = 1 } };
        DenoisedLatents one = tiny.Pipeline.Denoise(Made(Cube), null, CancellationToken.None), other = tiny.Pipeline.Denoise(Made(Cube with { Prompt = "a green cone" }), null, CancellationToken.None);
        LayerMasks masks = one.Layers!.ToLatents(one.Plan.WorkingSize);
        for (int i = 0; i < one.Latents.Length; i++)
        {
            if (masks[0][i % one.Geometry.Plane] == 1) Assert.Equal(one.Latents[i], other.Latents[i]);
        }
        Assert.NotEqual(one.Latents, other.Latents);
    }

    [Theory]
    [InlineData("ddim", false)]
    [InlineData("dpm++2m", true)]
    [InlineData("heun", false)]
    [InlineData("pndm", false)]
    public async Task A_kept_layer_is_the_input_bit_for_bit(string scheduler, bool karras)
    {
        DepthToImageRequest request = Layered(Whole with { Scheduler = scheduler, Karras = karras, Count = 2, Size = new WorkingSize(61, 59), MaxSize = null }, DepthLayer.Kept, Cube);
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(request);
        Assert.Equal(2, result.Images.Count);
        Assert.NotEqual(result.Images[0].Pixels, result.Images[1].Pixels);
        foreach (Image made in result.Images)
        {
            int kept = 0, changed = 0;
            for (int i = 0; i < made.Pixels.Length; i++)
            {
                if (result.Layers![0][i / 3] == 1)
                {
                    Assert.Equal(Photo.Pixels[i], made.Pixels[i]);
                    kept++;
                }
                else if (made.Pixels[i] != Photo.Pixels[i])
                {
                    changed++;
                }
            }
            Assert.True(kept > made.Pixels.Length / 4 && changed > made.Pixels.Length / 4, $"{kept} kept, {changed} changed");
        }
    }

    [Theory]
    [InlineData("ddim")]
    [InlineData("heun")]
    public void The_run_begins_with_the_strongest_layer(string scheduler)
    {
        DepthToImageRequest whole = Whole with { Scheduler = scheduler };
        DepthLayer weak = Ball with { Strength = 0.4 };
        Assert.Equal(Latents(whole with { Strength = 0.4 }), Latents(Layered(whole, weak, weak)));
    }

    [Theory]
    [InlineData("ddim")]
    [InlineData("pndm")]
    [InlineData("dpm++2m")]
    public void A_weaker_layer_joins_later_and_stays_nearer_to_the_picture(string scheduler)
    {
        DepthToImageRequest whole = Whole with { Scheduler = scheduler };
        float[] original = Latents(whole with { Strength = 0 });
        DepthToImageRequest weak = Layered(whole, Ball, Ball with { Strength = 0.3 }), none = Layered(whole, Ball, Ball with { Strength = 0 });
        DenoisedLatents run = tiny.Pipeline.Denoise(weak, null, CancellationToken.None);
        LayerMasks masks = run.Layers!.ToLatents(run.Plan.WorkingSize);
        double strong = Distance(original, Latents(whole), masks, 1), late = Distance(original, run.Latents, masks, 1);
        Assert.InRange(late, strong * 0.01, strong * 0.9);
        Assert.InRange(Distance(original, Latents(none), masks, 1), 0, 1e-6);
    }

    [Fact]
    public void A_kept_layer_is_the_pictures_own_latents_too()
    {
        DenoisedLatents run = tiny.Pipeline.Denoise(Layered(Whole, DepthLayer.Kept, Cube), null, CancellationToken.None);
        Assert.InRange(Distance(Latents(Whole with { Strength = 0 }), run.Latents, run.Layers!.ToLatents(run.Plan.WorkingSize), 0), 0, 1e-6);
    }

    [Fact]
    public async Task Layers_go_with_a_ControlNet()
    {
        DepthToImageRequest request = Layered(Whole with { Steps = 4 }, Ball, Cube);
        DepthToImageResult with = await controlled.Pipeline.GenerateAsync(request), without = await controlled.Pipeline.GenerateAsync(request with { ControlNet = new ControlNetSettings { Weight = 0 } });
        Assert.NotEqual(with.Images[0].Pixels, without.Images[0].Pixels);
        Assert.Equal(2, with.Layers!.Count);
    }

    [Fact]
    public async Task Noise_alone_shows_nothing_of_the_picture_in_any_layer()
    {
        DepthToImageRequest request = Layered(Whole, Ball, Cube) with { Init = InitialLatents.Noise, Strength = 1 };
        request = request with { Layers = request.Layers! with { Cut = LayerCut.By(Half()), Softness = 0 } };
        byte[] black = new byte[Photo.Pixels.Length];
        DepthToImageResult one = await tiny.Pipeline.GenerateAsync(request), other = await tiny.Pipeline.GenerateAsync(request with { Image = new Image(512, 512, black) });
        Assert.Equal(one.Images[0].Pixels, other.Images[0].Pixels);
    }

    [Fact]
    public async Task Previews_are_told_for_every_evaluation()
    {
        List<GenerationProgress> reports = [];
        await tiny.Pipeline.GenerateAsync(Layered(Whole with { Previews = true }, Ball, Cube), new Collector(reports));
        Assert.Equal(8, reports.Count(report => report.Preview is not null));
    }

    [Fact]
    public async Task The_settings_tell_of_the_layers_and_are_read_back()
    {
        DepthToImageRequest request = Layered(Whole, DepthLayer.Kept, Cube with { Strength = 0.5 }) with { NegativePrompt = "a cone" };
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(request);
        LayerSettings layers = GenerationSettings.FromJson(result.Settings.ToJson()).Layers!;
        Assert.Equal("thresholds", layers.Cut);
        Assert.Equal([0.5], layers.Thresholds!);
        Assert.Equal(0, layers.Isolation); // One layer is made: there is none to be kept apart from it.
        Assert.Equal([0.5, 0.5], layers.Layers.Select(layer => Math.Round(layer.Share, 1)));
        Assert.Equal([true, false], layers.Layers.Select(layer => layer.Keep));
        Assert.Equal(new LayerUse(layers.Layers[1].Share, false, "a blue cube", "a cone", 0.5, 4), layers.Layers[1]);
    }

    [Fact]
    public async Task Layers_that_are_not_named_follow_the_request()
    {
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(Whole with { Layers = new DepthLayers { Layers = [Cube], Cut = LayerCut.Automatic(3) } });
        Assert.Equal(["a blue cube", "a red ball", "a red ball"], result.Settings.Layers!.Layers.Select(layer => layer.Prompt));
        Assert.Equal(DepthLayers.DefaultIsolation, result.Settings.Layers.Isolation);
    }

    public static TheoryData<string, DepthLayers> Faults { get; } = new()
    {
        { "name at least one", new DepthLayers { Layers = [] } },
        { "3 layers are named, and the cut makes 2", new DepthLayers { Layers = [Ball, Cube, Ball], Cut = LayerCut.At(0.5) } },
        { "5 layers are named", new DepthLayers { Layers = [Ball, Cube, Ball, Cube, Ball] } },
        { "into 7 layers", new DepthLayers { Layers = [Ball], Cut = LayerCut.Automatic(7) } },
        { "0.3 follows 0.6; thresholds must ascend", new DepthLayers { Layers = [Ball], Cut = LayerCut.At(0.6, 0.3) } },
        { "threshold 1.5 is not between", new DepthLayers { Layers = [Ball], Cut = LayerCut.At(0.6, 1.5) } },
        { "threshold NaN", new DepthLayers { Layers = [Ball], Cut = LayerCut.At(double.NaN) } },
        { "0 thresholds", new DepthLayers { Layers = [Ball], Cut = LayerCut.At() } },
        { "Mask 1 is 8x4 and the picture 512x512", new DepthLayers { Layers = [Ball], Cut = LayerCut.By(new Image(8, 4, new byte[96])) } },
        { "Mask 1 is empty", new DepthLayers { Layers = [Ball], Cut = LayerCut.By(new Image(512, 512, new byte[3 * 512 * 512])) } },
        { "Mask 2 is full", new DepthLayers { Layers = [Ball], Cut = LayerCut.By(Half(), new Image(512, 512, [.. Enumerable.Repeat((byte)255, 3 * 512 * 512)])) } },
        { "Layer 2 of 3 has no pixels", new DepthLayers { Layers = [Ball], Cut = LayerCut.By(Half(), Half()) } },
        { "Layer 1 of 2 has no pixels", new DepthLayers { Layers = [Ball], Cut = LayerCut.At(0.999) } },
        { "All 2 layers are kept", new DepthLayers { Layers = [DepthLayer.Kept, DepthLayer.Kept] } },
        { "Layer 1 is kept, and has a prompt", new DepthLayers { Layers = [Ball with { Keep = true }] } },
        { "Layer 1 has strength 1.5", new DepthLayers { Layers = [Ball with { Strength = 1.5 }] } },
        { "Layer 2 has guidance -1", new DepthLayers { Layers = [Ball, Cube with { Guidance = -1 }] } },
        { "softness is 2", new DepthLayers { Layers = [Ball], Softness = 2 } },
        { "isolation is -1", new DepthLayers { Layers = [Ball], Isolation = -1 } },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_is_refused_in_one_sentence_that_names_the_property(string words, DepthLayers layers)
    {
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => tiny.Pipeline.GenerateAsync(Whole with { Layers = layers }));
        RequestFault fault = Assert.Single(e.Faults);
        Assert.Equal("Layers", fault.Property);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flat_map_cannot_be_cut()
    {
        DepthToImageRequest request = Whole with { Depth = new DepthMap(8, 8, new float[64]), Layers = new DepthLayers { Layers = [Ball] } };
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => tiny.Pipeline.GenerateAsync(request));
        Assert.Contains("The depth map has 1 level and cannot be cut into 2 layers", e.Message, StringComparison.Ordinal);
    }

    private static DepthToImageRequest Layered(DepthToImageRequest request, params DepthLayer[] layers) => request with { Layers = new DepthLayers { Layers = layers, Cut = LayerCut.At(0.5) } };

    private static Image Half()
    {
        byte[] pixels = new byte[3 * 512 * 512];
        pixels.AsSpan(pixels.Length / 2).Fill(255);
        return new Image(512, 512, pixels);
    }

    private float[] Latents(DepthToImageRequest request) => tiny.Pipeline.Denoise(request, null, CancellationToken.None).Latents;

    /// <summary>The mean difference where a layer's mask is 1.</summary>
    private static double Distance(float[] a, float[] b, LayerMasks masks, int layer)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < a.Length; i++)
        {
            if (masks[layer][i % masks[layer].Length] != 1) continue;
            sum += Math.Abs(a[i] - b[i]);
            count++;
        }
        return sum / count;
    }

    private sealed class Collector(List<GenerationProgress> reports) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => reports.Add(value);
    }
}
