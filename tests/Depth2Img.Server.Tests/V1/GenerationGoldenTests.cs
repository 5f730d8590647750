using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Styles;

namespace Depth2Img.Server.Tests.V1;

/// <summary>A job's picture is the library's for the same request, bit for bit.</summary>
public sealed class GenerationGoldenTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string Half = Convert.ToBase64String(SharedServer.HalfMask()), Map = Convert.ToBase64String(SharedServer.DepthFile());

    private static DepthToImageRequest Plain => new()
    {
        Image = SharedServer.Decoded(),
        Prompt = "a red ball",
        Steps = 4,
        Seed = 7,
        Size = new WorkingSize(64, 48),
    };

    private static DepthMap DecodedMap => DepthMapFile.Decode(SharedServer.DepthFile(), "map");

    [Fact]
    public async Task Weighted_prompts_in_chunks_with_restored_means_and_rescaled_guidance() => await RequireSameAsync(
        new { prompt = "a (red:1.4) ball, [grass|sand]", negativePrompt = "(night:1.2)", promptSyntax = "weighted", longPrompt = "chunks", restorePromptMean = true, guidance = 6, guidanceRescale = 0.7, count = 2, scheduler = "euler-a" },
        Plain with
        {
            Prompt = "a (red:1.4) ball, [grass|sand]",
            NegativePrompt = "(night:1.2)",
            PromptSyntax = PromptSyntax.Weighted,
            LongPrompt = LongPrompt.Chunks,
            RestorePromptMean = true,
            Guidance = 6,
            GuidanceRescale = 0.7,
            Count = 2,
            Scheduler = "euler-a",
        });

    [Fact]
    public async Task A_style_in_part_whatever_the_capitals_of_its_name()
    {
        JsonNode job = await RequireSameAsync(new { prompt = "a red ball", style = "Oil-Painting", styleStrength = 0.6 }, Plain with { Style = new StyleLibrary().Find("oil-painting"), StyleStrength = 0.6 });
        Assert.Equal("oil-painting", (string?)job["request"]!["style"]);
        Assert.Equal("oil-painting", (string?)job["result"]!["settings"]!["style"]!["name"]);
    }

    [Fact]
    public async Task Layers_cut_by_depth() => await RequireSameAsync(
        new { prompt = "a red ball", depth = Map, layers = new { layers = new object[] { new { prompt = "a golden cube", strength = 0.9, guidance = 5.0 }, new { negativePrompt = "night" } }, thresholds = new[] { 0.6 }, softness = 0.05, isolation = 0.5 } },
        Plain with
        {
            Depth = DecodedMap,
            Layers = new DepthLayers
            {
                Layers = [new DepthLayer { Prompt = "a golden cube", Strength = 0.9, Guidance = 5 }, new DepthLayer { NegativePrompt = "night" }],
                Cut = LayerCut.At(0.6),
                Softness = 0.05,
                Isolation = 0.5,
            },
        });

    [Fact]
    public async Task Layers_cut_by_masks_one_of_them_kept() => await RequireSameAsync(
        new { prompt = "a red ball", layerMask1 = Half, layers = new { layers = new[] { new { keep = true } } } },
        Plain with { Layers = new DepthLayers { Layers = [DepthLayer.Kept], Cut = LayerCut.By(ImageFile.Decode(SharedServer.HalfMask(), "mask").ToRgb()) } });

    [Fact]
    public async Task What_a_mask_marks_with_another_shape_inside() => await RequireSameAsync(
        new { prompt = "a red ball", mask = Half, shape = Map, inpaint = new { feather = 2, invert = true, fill = "fill", onlyMasked = true, padding = 4, depthInside = "shape" } },
        Plain with
        {
            Inpaint = new InpaintSettings
            {
                Mask = InpaintMask.FromPicture(ImageFile.Decode(SharedServer.HalfMask(), "mask")),
                Shape = DecodedMap,
                Feather = 2,
                Invert = true,
                Fill = InpaintFill.Fill,
                OnlyMasked = true,
                Padding = 4,
                DepthInside = InpaintDepth.Shape,
            },
        });

    [Fact]
    public async Task A_mask_alone_says_what_it_is_for() => await RequireSameAsync(
        new { prompt = "a red ball", mask = Half },
        Plain with { Inpaint = new InpaintSettings { Mask = InpaintMask.FromPicture(ImageFile.Decode(SharedServer.HalfMask(), "mask")) } });

    [Fact]
    public async Task What_lies_in_a_range_of_depth() => await RequireSameAsync(
        new { prompt = "a red ball", depth = Map, inpaint = new { near = new { from = 0.7 }, fill = "noise" } },
        Plain with { Depth = DecodedMap, Inpaint = new InpaintSettings { Near = new DepthRange(0.7, 1), Fill = InpaintFill.Noise } });

    [Fact]
    public async Task What_is_transparent_where_nothing_else_says_what_is_repainted()
    {
        byte[] alpha = new byte[64 * 48];
        for (int n = 0; n < alpha.Length; n++) alpha[n] = n % 64 < 40 ? (byte)255 : (byte)0;
        Image picture = new(64, 48, SharedServer.Decoded().Pixels, alpha);
        using MemoryStream file = new();
        ImageFile.Encode(file, picture, ImageFormat.Png);
        await RequireSameAsync(
            new { image = Convert.ToBase64String(file.ToArray()), prompt = "a red ball", inpaint = new { } },
            Plain with { Image = picture, Inpaint = new InpaintSettings { Mask = InpaintMask.FromAlpha(picture) } });
    }

    [Fact]
    public async Task A_form_has_objects_as_json_and_lists_with_commas()
    {
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(SharedServer.Picture), "image", "photo.png" },
            { new ByteArrayContent(SharedServer.DepthFile()), "depth", "depth.png" },
            { new StringContent("a red ball"), "prompt" },
            { new StringContent("4"), "steps" },
            { new StringContent("7"), "seed" },
            { new StringContent("64x48"), "size" },
            { new StringContent("""{"layers":[{"prompt":"a golden cube"}],"thresholds":"0.3, 0.6"}"""), "layers" },
        };
        HttpResponseMessage accepted = await shared.Client.PostAsync("/api/v1/jobs", form);
        JsonNode job = JsonNode.Parse(await accepted.Content.ReadAsStringAsync())!;
        Assert.True(accepted.IsSuccessStatusCode, job.ToJsonString());
        job = await shared.FinishAsync((string)job["links"]!["self"]!);
        DepthToImageResult expected = await shared.Library.GenerateAsync(Plain with { Depth = DecodedMap, Layers = new DepthLayers { Layers = [new DepthLayer { Prompt = "a golden cube" }], Cut = LayerCut.At(0.3, 0.6) } });
        Assert.Equal(expected.Images[0].Pixels, (await shared.PictureAsync(job["result"]!["images"]![0]!["url"]!)).ToRgb().Pixels);
    }

    /// <summary>Runs a request here and there, and again as the job tells it.</summary>
    private async Task<JsonNode> RequireSameAsync(object fields, DepthToImageRequest request)
    {
        JsonObject body = (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(fields)!;
        body["image"] ??= SharedServer.Base64;
        body["steps"] = 4;
        body["seed"] = 7;
        body["size"] = "64x48";
        JsonNode job = await shared.RunAsync("/api/v1/jobs", body);
        DepthToImageResult expected = await shared.Library.GenerateAsync(request);
        await RequireAsync(job, expected);

        // What a job tells of its request can be asked for again, with the pictures that it was given.
        JsonObject again = (JsonObject)job["request"]!.DeepClone();
        foreach ((string name, JsonNode? url) in (JsonObject)job["links"]!["inputs"]!) again[name] = Convert.ToBase64String(await shared.Client.GetByteArrayAsync((string)url!));
        await RequireAsync(await shared.RunAsync("/api/v1/jobs", again), expected);
        return job;
    }

    private async Task RequireAsync(JsonNode job, DepthToImageResult expected)
    {
        JsonArray images = (JsonArray)job["result"]!["images"]!;
        Assert.Equal(expected.Images.Count, images.Count);
        for (int n = 0; n < images.Count; n++)
        {
            DecodedImage made = await shared.PictureAsync(images[n]!["url"]!);
            Assert.Equal(expected.Images[n].Pixels, made.ToRgb().Pixels);
            Assert.Equal(expected.Settings with { Index = n }, GenerationSettings.FromJson(made.Text[GenerationSettings.TextKey]), SettingsComparer.Instance);
        }
    }
}
