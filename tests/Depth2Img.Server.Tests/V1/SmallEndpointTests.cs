using System.Net;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Styles;

namespace Depth2Img.Server.Tests.V1;

/// <summary>What is answered at once: layers, tokens, settings, styles, models.</summary>
public sealed class SmallEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string Map = Convert.ToBase64String(SharedServer.DepthFile()), Half = Convert.ToBase64String(SharedServer.HalfMask());

    [Fact]
    public async Task Layers_are_the_library_s_cut()
    {
        DepthMap depth = DepthMapFile.Decode(SharedServer.DepthFile(), "depth");
        await RequireAsync(new { image = SharedServer.Base64, depth = Map, count = 3 }, DepthLayering.Cut(SharedServer.Decoded(), depth, LayerCut.Automatic(3)));
        await RequireAsync(new { image = SharedServer.Base64, depth = Map, thresholds = new[] { 0.3, 0.6 }, softness = 0 }, DepthLayering.Cut(SharedServer.Decoded(), depth, LayerCut.At(0.3, 0.6), 0));
        await RequireAsync(new { depth = Map, depthAdjustment = new { invert = true } }, DepthLayering.Cut(depth.ToImage(), new DepthAdjustment(Invert: true).Apply(depth), LayerCut.Automatic(2)));
        await RequireAsync(new { image = SharedServer.Base64, layerMask1 = Half }, DepthLayering.Cut(SharedServer.Decoded(), null, LayerCut.By(ImageFile.Decode(SharedServer.HalfMask(), "mask").ToRgb())));
        DepthMap estimated = await shared.Library.EstimateDepthAsync(SharedServer.Decoded(), "checkpoint");
        await RequireAsync(new { image = SharedServer.Base64, depthModel = "checkpoint" }, DepthLayering.Cut(SharedServer.Decoded(), estimated, LayerCut.Automatic(2)));
    }

    [Fact]
    public async Task Layers_refuse_what_cannot_be_cut()
    {
        Assert.Equal(["image"], (await shared.RefusedAsync("/api/v1/layers", new { })).Select(e => e.Key));
        Assert.Equal(["count", "depthModel", "softness", "threshold"], (await shared.RefusedAsync("/api/v1/layers", new { image = SharedServer.Base64, count = 9, softness = 1, depthModel = "x", threshold = 1 })).Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["count"], (await shared.RefusedAsync("/api/v1/layers", new { image = SharedServer.Base64, count = 2, thresholds = new[] { 0.5 } })).Select(e => e.Key));
        string flat = Convert.ToBase64String(SharedServer.Encode(64, 48, (_, _) => 7));
        Assert.Contains("cannot be cut", (string?)(await shared.PostAsync("/api/v1/layers", new { depth = flat }, HttpStatusCode.UnprocessableEntity))["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_the_tokenizer_s_and_the_cut_is_where_the_prompt_is_cut()
    {
        ClipTokenizer tokenizer = Checkpoint.Open(EmbeddedModels.Demo).LoadTokenizer();
        JsonNode count = await shared.PostAsync("/api/v1/tokens", new { prompt = "a red ball on grass" });
        Assert.Equal(tokenizer.CountTokens("a red ball on grass"), (int)count["tokens"]!);
        Assert.Equal(tokenizer.ModelMaxLength - 2, (int)count["limit"]!);
        Assert.Equal(1, (int)count["chunks"]!);
        Assert.Null(count["cutAt"]);
        Assert.Null(count["cut"]);
        Assert.Empty((JsonArray)count["unknownWords"]!);

        string words = string.Concat(Enumerable.Repeat("a red ball, ", 40));
        TokenizedPrompt cut = tokenizer.Encode(words);
        count = await shared.PostAsync("/api/v1/tokens", new { prompt = words });
        Assert.Equal(cut.Tokens[cut.KeptCount].Start, (int)count["cutAt"]!);
        Assert.Equal(cut.CutText, (string?)count["cut"]);
        count = await shared.PostAsync("/api/v1/tokens", new { prompt = words, longPrompt = "chunks" });
        Assert.Null(count["cutAt"]);
        Assert.True((int)count["chunks"]! > 1);
        count = await shared.PostAsync("/api/v1/tokens", new { prompt = "a qwertz ball of unobtainium, a qwertz" });
        Assert.Equal(["qwertz", "unobtainium"], ((JsonArray)count["unknownWords"]!).Select(w => (string)w!));
    }

    [Fact]
    public async Task Of_a_weighted_prompt_the_cut_is_told_by_the_characters_that_were_typed()
    {
        string kept = string.Concat(Enumerable.Repeat("(ball:1.3) [ball] ", 37));
        string prompt = kept + @"(ball:1.1) \(red\) (tree:0.5)";
        JsonNode count = await shared.PostAsync("/api/v1/tokens", new { prompt, promptSyntax = "weighted" });
        int limit = (int)count["limit"]!;
        Assert.Equal(75, limit);
        Assert.True((int)count["tokens"]! > limit);
        int at = (int)count["cutAt"]!;
        // 74 words are before it, one token each: the 75th is the ball of weight 1.1, and the bracket after it is cut off first.
        Assert.Equal(prompt.IndexOf(@"\(", StringComparison.Ordinal) + 1, at);
        Assert.Equal("(red) tree", (string?)count["cut"]);
    }

    [Fact]
    public async Task Tokens_refuse_what_is_no_prompt() =>
        Assert.Equal(["longPrompt", "model", "prompt", "promptSyntax", "text"], (await shared.RefusedAsync("/api/v1/tokens", new { prompt = new string('a', 4001), model = "x", promptSyntax = "y", longPrompt = "z", text = "" })).Select(e => e.Key).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Settings_inside_a_picture_make_it_again()
    {
        object request = new
        {
            image = SharedServer.Base64,
            prompt = "a (red:1.2) ball",
            negativePrompt = "night",
            promptSyntax = "weighted",
            style = "oil-painting",
            styleStrength = 0.5,
            depth = Map,
            depthAdjustment = new { gamma = 0.8 },
            inpaint = new { near = new { from = 0.5 }, feather = 1 },
            steps = 3,
            guidance = 5,
            guidanceRescale = 0.3,
            guidanceInterval = new { from = 0.1, to = 1 },
            scheduler = "euler-a",
            size = "64x48",
            seed = 11,
        };
        JsonNode job = await shared.RunAsync("/api/v1/jobs", request);
        byte[] made = await shared.Client.GetByteArrayAsync((string)job["result"]!["images"]![0]!["url"]!);
        JsonNode told = await shared.PostAsync("/api/v1/settings", new { image = Convert.ToBase64String(made) });
        Assert.Equal("depth2img", (string?)told["source"]);
        Assert.Equal(["depth"], ((JsonArray)told["missing"]!).Select(name => (string)name!));
        JsonObject again = (JsonObject)told["settings"]!.DeepClone();
        Assert.Equal(("oil-painting", 0.5, "demo"), ((string?)again["style"], (double)again["styleStrength"]!, (string?)again["model"]));
        again["image"] = SharedServer.Base64;
        again["depth"] = Map;
        JsonNode second = await shared.RunAsync("/api/v1/jobs", again);
        Assert.Equal(ImageFile.Decode(made, "made").ToRgb().Pixels, (await shared.PictureAsync(second["result"]!["images"]![0]!["url"]!)).ToRgb().Pixels);
    }

    [Fact]
    public async Task Layers_and_masks_are_told_as_far_as_a_picture_knows_them()
    {
        JsonNode job = await shared.RunAsync("/api/v1/jobs", new { image = SharedServer.Base64, prompt = "snow", layerMask1 = Half, layers = new { layers = new object[] { new { keep = true }, new { prompt = "grass", strength = 0.7 } } }, steps = 2, size = "64x48" });
        using MultipartFormDataContent form = new() { { new ByteArrayContent(await shared.Client.GetByteArrayAsync((string)job["result"]!["images"]![0]!["url"]!)), "image", "a.png" } };
        JsonNode told = JsonNode.Parse(await (await shared.Client.PostAsync("/api/v1/settings", form)).Content.ReadAsStringAsync())!;
        Assert.Equal(["layerMask1"], ((JsonArray)told["missing"]!).Select(name => (string)name!));
        Assert.True((bool)told["settings"]!["layers"]!["layers"]![0]!["keep"]!);
        Assert.Equal(("grass", 0.7), ((string?)told["settings"]!["layers"]!["layers"]![1]!["prompt"], (double)told["settings"]!["layers"]!["layers"]![1]!["strength"]!));
        Assert.Null(told["settings"]!["layers"]!["thresholds"]);
    }

    [Theory]
    [InlineData("a golden statue,\nby a lake\nNegative prompt: night,\nfog\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 7, Size: 512x384, Denoising strength: 0.8, Model: \"a, b\", Version: v1",
        """{"prompt":"a golden statue,\nby a lake","negativePrompt":"night,\nfog","steps":20,"karras":true,"scheduler":"dpm++2m","guidance":6.5,"seed":7,"size":"512x384","strength":0.8}""")]
    [InlineData("\nSteps: 4, Sampler: Euler a, Schedule type: Automatic, CFG scale: 1, Seed: 0", """{"prompt":"","steps":4,"scheduler":"euler-a","guidance":1,"seed":0}""")]
    [InlineData("Steps: 4, Sampler: Unheard of, CFG scale: NaN, Seed: x, Size: big", """{"prompt":"","steps":4}""")]
    public async Task The_line_of_other_programs_is_read(string line, string expected)
    {
        using MemoryStream file = new();
        ImageFile.Encode(file, SharedServer.Decoded(), ImageFormat.Png, new ImageSaveOptions { Text = new Dictionary<string, string> { [GenerationSettings.ParametersKey] = line } });
        JsonNode told = await shared.PostAsync("/api/v1/settings", new { image = Convert.ToBase64String(file.ToArray()) });
        Assert.Equal("parameters", (string?)told["source"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), told["settings"]), told["settings"]!.ToJsonString());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(GenerationSettings.ParametersKey, "a holiday photo")]
    [InlineData(GenerationSettings.TextKey, "{}")]
    [InlineData(GenerationSettings.TextKey, "[[[")]
    public async Task A_picture_without_settings_and_one_with_damaged_ones_are_refused(string? key, string? text)
    {
        using MemoryStream file = new();
        ImageFile.Encode(file, SharedServer.Decoded(), ImageFormat.Png, new ImageSaveOptions { Text = key is null ? null : new Dictionary<string, string> { [key] = text! } });
        Assert.Equal(["image"], (await shared.RefusedAsync("/api/v1/settings", new { image = Convert.ToBase64String(file.ToArray()) })).Select(e => e.Key));
    }

    [Fact]
    public async Task Styles_are_the_library_s_and_say_which_models_know_their_words()
    {
        JsonArray styles = (JsonArray)JsonNode.Parse(await shared.Client.GetStringAsync("/api/v1/styles"))!["styles"]!;
        StyleLibrary library = new();
        Assert.Equal(library.Styles.Select(style => style.Name), styles.Select(style => (string)style!["name"]!));
        IReadOnlyList<string>? vocabulary = shared.Library.Defaults.Vocabulary;
        Assert.Equal(library.Suiting(vocabulary).Select(style => style.Name), styles.Where(style => ((JsonArray)style!["models"]!).Any(m => (string)m! == "demo")).Select(style => (string)style!["name"]!));
        Assert.All(styles, style => Assert.Contains("{prompt}", (string)style!["prompt"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Models_tell_their_sizes_and_how_long_a_step_takes_once_one_was_done()
    {
        await shared.RunAsync("/api/v1/jobs", new { image = SharedServer.Base64, prompt = "a red ball", steps = 4 });
        JsonNode model = JsonNode.Parse(await shared.Client.GetStringAsync("/api/v1/models"))!["models"]![0]!;
        Assert.Equal(256, (int)model["workingSize"]!["longerSide"]!);
        Assert.True((double)model["secondsPerStep"]! > 0);
        Assert.True((bool)model["hasDepthNetwork"]!);
        Assert.Equal("tiefenrausch", (string?)model["defaults"]!["depthModel"]);
    }

    private async Task RequireAsync(object body, LayerMasks expected)
    {
        JsonNode answer = await shared.PostAsync("/api/v1/layers", body);
        Assert.Equal((expected.Width, expected.Height), ((int)answer["width"]!, (int)answer["height"]!));
        Assert.Equal(expected.Thresholds, ((JsonArray)answer["thresholds"]!).Select(t => (double)t!));
        JsonArray layers = (JsonArray)answer["layers"]!;
        Assert.Equal(expected.Count, layers.Count);
        for (int layer = 0; layer < expected.Count; layer++)
        {
            Assert.Equal(expected.ShareOf(layer), (double)layers[layer]!["share"]!, 1e-4);
            const string Head = "data:image/png;base64,";
            string mask = (string)layers[layer]!["mask"]!;
            Assert.StartsWith(Head, mask, StringComparison.Ordinal);
            Assert.Equal(expected.ToImage(layer).Pixels, ImageFile.Decode(Convert.FromBase64String(mask[Head.Length..]), "mask").ToRgb().Pixels);
        }
    }
}
