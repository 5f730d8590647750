using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;
using Depth2Img.Tests.Pipelines;

namespace Depth2Img.Tests.Inpainting;

public sealed class InpaintPipelineTests(TinyPipeline tiny, ControlledPipeline controlled) : IClassFixture<TinyPipeline>, IClassFixture<ControlledPipeline>
{
    public static TheoryData<string> Schedulers => [.. SchedulerNames.All];

    [Theory]
    [InlineData(64, 64, false, false, 1)]
    [InlineData(64, 64, true, true, 2)]
    [InlineData(200, 150, false, true, 2)]
    [InlineData(333, 217, true, false, 1)]
    [InlineData(333, 217, true, true, 2)]
    [InlineData(31, 97, false, true, 1)]
    [InlineData(1000, 37, true, true, 1)]
    public async Task Where_the_softened_mask_is_0_the_input_s_pixels_and_alpha_stay_bit_for_bit(int width, int height, bool alpha, bool onlyMasked, int count)
    {
        Image input = Noise(width, height, alpha);
        foreach (InpaintFill fill in Enum.GetValues<InpaintFill>())
        {
            DepthToImageResult result = await tiny.Pipeline.GenerateAsync(Request(input) with
            {
                Count = count,
                Inpaint = new InpaintSettings { Mask = Ellipse(width, height), Feather = 3, OnlyMasked = onlyMasked, Padding = 5, Fill = fill },
            });
            Assert.Equal(count, result.Images.Count);
            foreach (Image made in result.Images) AssertKept(input, made, result.Mask!);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_range_of_depth_is_a_mask_of_the_map_in_use(bool invert)
    {
        Image input = Noise(90, 60, alpha: false);
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(Request(input) with
        {
            Depth = new DepthMap(9, 6, [.. Enumerable.Range(0, 54).Select(i => (float)(i % 9))]),
            DepthAdjustment = new DepthAdjustment(Invert: true),
            Inpaint = new InpaintSettings { Near = new DepthRange(0.5, 1), Feather = 0, Invert = invert },
        });
        // Turned round, the map's left is near.
        Assert.Equal(invert ? 0 : 1, result.Mask!.Values[30 * 90 + 5]);
        Assert.Equal(invert ? 1 : 0, result.Mask.Values[30 * 90 + 85]);
        AssertKept(input, Assert.Single(result.Images), result.Mask);
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Every_scheduler_ends_at_the_picture_s_latents_outside_the_mask(string scheduler)
    {
        Image input = Noise(64, 64, alpha: false);
        DepthToImageRequest request = Request(input) with { Scheduler = scheduler, Steps = 4, Strength = 1, Depth = Slope, Inpaint = new InpaintSettings { Mask = Half(64, 64) } };
        float[] made = tiny.Pipeline.Denoise(request, null, CancellationToken.None).Latents;
        float[] picture = tiny.Pipeline.Denoise(request with { Strength = 0 }, null, CancellationToken.None).Latents;
        int side = (int)Math.Sqrt(made.Length / 4);
        for (int i = 0; i < made.Length; i++)
        {
            Assert.True(float.IsFinite(made[i]));
            if (i % side >= side / 2) Assert.Equal(picture[i], made[i]);
        }
        Assert.True(Enumerable.Range(0, made.Length).Count(i => made[i] != picture[i]) > made.Length * 0.45);
    }

    [Fact]
    public async Task A_ControlNet_and_previews_go_with_it()
    {
        Image input = Noise(120, 120, alpha: false);
        List<GenerationPreview> previews = [];
        DepthToImageRequest request = Request(input) with
        {
            Depth = Slope,
            Previews = true,
            Inpaint = new InpaintSettings { Mask = Ellipse(120, 120), OnlyMasked = true, DepthInside = InpaintDepth.Fill },
        };
        DepthToImageResult result = await controlled.Pipeline.GenerateAsync(request, new Collector(previews));
        AssertKept(input, Assert.Single(result.Images), result.Mask!);
        Assert.Equal(result.Settings.Evaluations, previews.Count);
        float[] kept = controlled.Pipeline.Denoise(request with { Inpaint = request.Inpaint with { DepthInside = InpaintDepth.Keep, OnlyMasked = false } }, null, CancellationToken.None).Latents;
        float[] other = controlled.Pipeline.Denoise(request with { Inpaint = request.Inpaint with { DepthInside = InpaintDepth.Shape, OnlyMasked = false, Shape = Bump } }, null, CancellationToken.None).Latents;
        Assert.NotEqual(kept, other);
    }

    [Fact]
    public void The_depth_inside_reaches_the_network_and_the_result()
    {
        DepthToImageRequest request = Request(Noise(64, 64, alpha: false)) with { Depth = Slope, Inpaint = new InpaintSettings { Mask = Ellipse(64, 64) } };
        DenoisedLatents keep = tiny.Pipeline.Denoise(request, null, CancellationToken.None);
        DenoisedLatents shape = tiny.Pipeline.Denoise(request with { Inpaint = request.Inpaint with { DepthInside = InpaintDepth.Shape, Shape = Bump } }, null, CancellationToken.None);
        Assert.NotEqual(keep.Latents, shape.Latents);
        Assert.Equal(Slope.Values, keep.Depth.Values);
        Assert.NotEqual(Slope.Values, shape.Depth.Values);
        Assert.Equal(Slope.Values[0], shape.Depth.Values[0]);
    }

    [Fact]
    public void The_fills_start_from_different_latents()
    {
        DepthToImageRequest request = Request(Noise(64, 64, alpha: false)) with { Depth = Slope, Strength = 0.5, Steps = 4 };
        float[][] latents = [.. Enum.GetValues<InpaintFill>().Select(fill => tiny.Pipeline.Denoise(
            request with { Inpaint = new InpaintSettings { Mask = Half(64, 64), Fill = fill } }, null, CancellationToken.None).Latents)];
        for (int a = 0; a < latents.Length; a++)
        {
            for (int b = 0; b < a; b++) Assert.NotEqual(latents[a], latents[b]);
        }
    }

    [Fact]
    public async Task Where_transparency_is_the_mask_the_picture_comes_out_opaque_and_hides_no_colour_of_it()
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)0, 3 * 64 * 64)], alpha = [.. Enumerable.Range(0, 64 * 64).Select(i => (byte)(i % 64 < 32 ? 0 : 255))];
        for (int i = 0; i < alpha.Length; i++)
        {
            // Pure red hides under the transparent half; the rest is gray.
            if (alpha[i] == 0) pixels[3 * i] = 255;
            else pixels.AsSpan(3 * i, 3).Fill(99);
        }
        Image input = new(64, 64, pixels, alpha);
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(Request(input) with { Inpaint = new InpaintSettings { Mask = InpaintMask.FromAlpha(input) } });
        Image made = Assert.Single(result.Images);
        Assert.Null(made.Alpha);
        for (int i = 0; i < alpha.Length; i++)
        {
            if (alpha[i] == 0) Assert.Equal(1, result.Mask!.Values[i]);
            else if (result.Mask!.Values[i] == 0) Assert.Equal(99, made.Pixels[3 * i + 1]);
        }
    }

    [Fact]
    public async Task The_settings_tell_the_mask_by_its_hash_and_are_read_back()
    {
        InpaintSettings inpaint = new() { Mask = Ellipse(64, 64), Feather = 7, Invert = true, Fill = InpaintFill.Nothing, OnlyMasked = true, Padding = 9 };
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(Request(Noise(64, 64, alpha: false)) with { Inpaint = inpaint });
        GenerationSettings read = GenerationSettings.FromJson(result.Settings.ToJson());
        Assert.Equal(new InpaintUse(MaskSource.Painted, inpaint.Mask.Hash, null, 7, true, InpaintFill.Nothing, true, 9, InpaintDepth.Keep), read.Inpaint);
        Assert.Contains(", Mask blur: 7, Mask mode: Inpaint not masked, Masked content: latent nothing, Inpaint area: Only masked, Masked area padding: 9, ",
            result.Settings.ToParametersLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_made_whole_names_no_mask()
    {
        DepthToImageResult result = await tiny.Pipeline.GenerateAsync(Request(Noise(64, 64, alpha: false)));
        Assert.Null(result.Mask);
        Assert.DoesNotContain("inpaint", result.Settings.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("Mask", result.Settings.ToParametersLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_of_the_settings_is_told_at_once()
    {
        InpaintSettings faulty = new() { Near = new DepthRange(0.7, 0.2), Feather = 5000, Padding = -1, DepthInside = InpaintDepth.Shape };
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => tiny.Pipeline.GenerateAsync(Request(Noise(64, 64, alpha: false)) with { Inpaint = faulty }));
        Assert.Equal(4, e.Faults.Count);
        Assert.All(e.Faults, fault => Assert.Equal("Inpaint", fault.Property));
    }

    [Fact]
    public async Task A_shape_without_being_asked_for_is_refused() => Assert.Contains("Keep", (await Assert.ThrowsAsync<InvalidRequestException>(() =>
        tiny.Pipeline.GenerateAsync(Request(Noise(64, 64, alpha: false)) with { Inpaint = new InpaintSettings { Mask = Half(64, 64), Shape = Bump } }))).Message, StringComparison.Ordinal);

    private static DepthMap Slope { get; } = new(16, 16, [.. Enumerable.Range(0, 256).Select(i => (float)(i / 16))]);

    private static DepthMap Bump { get; } = new(16, 16, [.. Enumerable.Range(0, 256).Select(i => (float)Math.Exp(-((i % 16 - 8) * (i % 16 - 8) + (i / 16 - 8) * (i / 16 - 8)) / 16.0))]);

    private static DepthToImageRequest Request(Image image) => new()
    {
        Image = image,
        Prompt = "a red ball",
        Steps = 2,
        Strength = 0.9,
        Seed = 1,
        MaxSize = 64,
    };

    private static Image Noise(int width, int height, bool alpha)
    {
        byte[] pixels = new byte[3 * width * height], opacity = new byte[width * height];
        System.Random random = new(width * 7 + height);
        random.NextBytes(pixels);
        random.NextBytes(opacity);
        return new Image(width, height, pixels, alpha ? opacity : null);
    }

    private static InpaintMask Half(int width, int height) => new(width, height, [.. Enumerable.Range(0, width * height).Select(i => i % width < width / 2 ? 1f : 0f)]);

    private static InpaintMask Ellipse(int width, int height) => new(width, height, [.. Enumerable.Range(0, width * height).Select(i =>
    {
        double x = (i % width + 0.5) / width - 0.4, y = (i / width + 0.5) / height - 0.5;
        return x * x + y * y < 0.04 ? 1f : 0f;
    })]);

    /// <summary>Equal where the mask is 0, in colours and alpha; something new inside.</summary>
    private static void AssertKept(Image input, Image made, InpaintMask mask)
    {
        Assert.Equal((input.Width, input.Height), (made.Width, made.Height));
        Assert.Equal(input.Alpha, made.Alpha);
        int kept = 0, changed = 0;
        for (int i = 0; i < mask.Values.Length; i++)
        {
            bool equal = input.Pixels.AsSpan(3 * i, 3).SequenceEqual(made.Pixels.AsSpan(3 * i, 3));
            if (mask.Values[i] == 0)
            {
                Assert.True(equal, $"pixel {i % input.Width}, {i / input.Width}");
                kept++;
            }
            else if (!equal)
            {
                changed++;
            }
        }
        Assert.True(kept > 0 && changed > 0, $"{kept} kept, {changed} changed");
    }

    private sealed class Collector(List<GenerationPreview> previews) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
        {
            if (value.Preview is { } preview) previews.Add(preview);
        }
    }
}
