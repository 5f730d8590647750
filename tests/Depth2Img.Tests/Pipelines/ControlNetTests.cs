using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Models.Unet;
using Depth2Img.Pipelines;
using Depth2Img.Random;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>A checkpoint without a depth channel that follows depth by a ControlNet.</summary>
public sealed class ControlNetTests(ControlledPipeline controlled) : IClassFixture<ControlledPipeline>
{
    private const int Evaluations = 5;

    private static readonly Image Photo = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb();

    private static readonly DepthToImageRequest Plain = new()
    {
        Image = Photo,
        Prompt = "a red ball",
        Steps = Evaluations,
        Strength = 1,
        Guidance = 4,
        Seed = 1,
        MaxSize = 64,
        Scheduler = "ddim",
        Depth = new DepthMap(8, 8, [.. Enumerable.Range(0, 64).Select(i => (float)(i % 8 * i))]),
    };

    [Fact]
    public void Depth_changes_the_picture_and_the_same_depth_gives_the_same()
    {
        float[] latents = Latents(Plain);
        Assert.Equal(latents, Latents(Plain));
        Assert.NotEqual(latents, Latents(Plain with { DepthAdjustment = new DepthAdjustment(Invert: true) }));
        Assert.NotEqual(latents, Latents(Plain with { ControlNet = new ControlNetSettings { Weight = 0.5 } }));
    }

    [Fact]
    public void Weight_0_is_image_to_image_without_a_ControlNet_bit_for_bit()
    {
        float[] without = ImageToImage(Plain);
        Assert.Equal(without, Latents(Plain with { ControlNet = new ControlNetSettings { Weight = 0 } }));
        Assert.NotEqual(without, Latents(Plain));
    }

    [Fact]
    public void Before_its_start_and_after_its_end_it_does_not_steer()
    {
        ControlNetSettings late = new() { Start = 0.4 }, early = new() { End = 0.4 };
        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, Evaluations).Select(i => late.Steers(i, Evaluations)));
        Assert.Equal([true, true, false, false, false], Enumerable.Range(0, Evaluations).Select(i => early.Steers(i, Evaluations)));
        Assert.Equal(Enumerable.Repeat(true, Evaluations), Enumerable.Range(0, Evaluations).Select(i => ControlNetSettings.Whole.Steers(i, Evaluations)));

        float[] whole = Latents(Plain), lateRun = Latents(Plain with { ControlNet = late }), earlyRun = Latents(Plain with { ControlNet = early });
        Assert.NotEqual(whole, lateRun);
        Assert.NotEqual(whole, earlyRun);
        Assert.NotEqual(lateRun, earlyRun);
    }

    [Fact]
    public void It_is_evaluated_where_it_steers_only_and_the_hint_is_embedded_once()
    {
        int all = controlled.OpsOf(Plain), half = controlled.OpsOf(Plain with { ControlNet = new ControlNetSettings { End = 0.4 } });
        int none = controlled.OpsOf(Plain with { ControlNet = new ControlNetSettings { Weight = 0 } });
        int three = controlled.OpsOf(Plain with { ControlNet = new ControlNetSettings { End = 0.6 } });
        int each = three - half;
        Assert.True(each > 50, $"{each} ops an evaluation");
        Assert.Equal(2 * each, all - three);
        Assert.InRange(half - none - 2 * each, 1, each);
    }

    [Fact]
    public void A_window_without_an_evaluation_is_said()
    {
        DenoisedLatents result = Denoise(Plain with { ControlNet = new ControlNetSettings { Start = 0.41, End = 0.5 } });
        Assert.Contains("steers none of the 5 evaluations", Assert.Single(result.Plan.Warnings), StringComparison.Ordinal);
        Assert.Equal(ImageToImage(Plain), result.Latents);
    }

    [Theory]
    [InlineData(1, 8, 8)]
    [InlineData(4, 8, 8)]
    [InlineData(4, 12, 8)]
    [InlineData(4, 8, 14)]
    public async Task Pictures_of_several_sizes_are_made_with_guidance_and_without(double guidance, int width, int height)
    {
        DepthToImageResult result = await controlled.Pipeline.GenerateAsync(Plain with { Guidance = guidance, MaxSize = null, Size = new WorkingSize(8 * width - 3, 8 * height), Steps = 2, Count = 2 });
        Assert.Equal([(512, 512), (512, 512)], result.Images.Select(image => (image.Width, image.Height)));
        Assert.NotEqual(result.Images[0].Pixels, result.Images[1].Pixels);
    }

    [Fact]
    public void Guidance_in_an_interval_and_re_used_features_go_with_it()
    {
        DepthToImageRequest request = Plain with { GuidanceInterval = new GuidanceInterval(0, 0.6), ReuseFeatures = 2 };
        Assert.NotEqual(Latents(Plain), Latents(request));
        Assert.NotEqual(Latents(request), Latents(request with { ControlNet = new ControlNetSettings { Weight = 0 } }));
    }

    [Fact]
    public async Task The_settings_tell_which_ControlNet_steered_and_are_read_back()
    {
        DepthToImageResult result = await controlled.Pipeline.GenerateAsync(Plain with { ControlNet = new ControlNetSettings { Weight = 0.75, Start = 0.1, End = 0.9 } });
        Assert.Equal(new ControlNetUse("depth-control", 0.75, 0.1, 0.9), result.Settings.ControlNet);
        Assert.Equal(result.Settings, GenerationSettings.FromJson(result.Settings.ToJson()));
        Assert.Contains("""ControlNet 0: "Model: depth-control, Weight: 0.75, Guidance Start: 0.1, Guidance End: 0.9",""", result.Settings.ToParametersLine(), StringComparison.Ordinal);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task A_checkpoint_without_a_depth_network_takes_the_one_that_comes_with_the_program()
    {
        DepthToImageResult result = await controlled.Pipeline.GenerateAsync(Plain with { Depth = null, Steps = 1 });
        Assert.Equal("tiefenrausch", result.Settings.DepthModel);
    }

    [Theory]
    [InlineData(-0.1, 0, 1)]
    [InlineData(2.1, 0, 1)]
    [InlineData(double.NaN, 0, 1)]
    [InlineData(1, -0.1, 1)]
    [InlineData(1, 0.5, 0.5)]
    [InlineData(1, 0, 1.1)]
    public async Task Settings_outside_their_ranges_are_refused_by_name(double weight, double start, double end)
    {
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(
            () => controlled.Pipeline.GenerateAsync(Plain with { ControlNet = new ControlNetSettings { Weight = weight, Start = start, End = end } }));
        Assert.Equal("ControlNet", Assert.Single(e.Faults).Property);
    }

    [Fact]
    public async Task Settings_without_a_ControlNet_are_refused()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"));
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => pipeline.GenerateAsync(Plain with { ControlNet = new ControlNetSettings() }));
        Assert.Contains("no ControlNet is loaded", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Velocity_and_Stable_Diffusion_1_s_text_encoder_go_by_their_own_configurations()
    {
        float[] plain = Latents(Plain);
        Assert.NotEqual(plain, await LatentsWith("scheduler/scheduler_config.json", "epsilon", "v_prediction"));
        Assert.NotEqual(plain, await LatentsWith("text_encoder/config.json", "\"gelu\"", "\"quick_gelu\""));
        Assert.NotEqual(plain, await LatentsWith("tokenizer/special_tokens_map.json", "\"pad_token\": \"!\"", "\"pad_token\": \"<|endoftext|>\""));
    }

    [Fact]
    public async Task Low_memory_makes_the_same_picture()
    {
        using DepthToImagePipeline staged = await controlled.LoadAsync(new PipelineOptions { Backend = controlled.Pipeline.Backend, ControlNet = new ControlNetOptions(controlled.ControlNet), LowMemory = true });
        byte[] expected = (await controlled.Pipeline.GenerateAsync(Plain)).Images[0].Pixels;
        Assert.Equal(expected, (await staged.GenerateAsync(Plain)).Images[0].Pixels);
    }

    [Fact]
    public async Task Without_a_ControlNet_the_checkpoint_is_refused_with_both_ways_out() =>
        AssertSays(await Refused(new PipelineOptions()), "4 channels", "text-to-image", "Stable Diffusion 2's depth model", "ControlNet");

    [Fact]
    public async Task A_depth_checkpoint_with_a_ControlNet_is_refused()
    {
        Depth2ImgException e = await Assert.ThrowsAsync<Depth2ImgException>(() => DepthToImagePipeline.LoadAsync(
            Repository.Golden("tiny-depth2img"), new PipelineOptions { ControlNet = new ControlNetOptions(controlled.ControlNet) }));
        AssertSays(e, "depth channel of its own", "depth-control");
    }

    [Fact]
    public async Task A_ControlNet_of_another_family_is_refused_by_the_widths_of_both()
    {
        string other = controlled.WriteControlNet("sd1", config => config["cross_attention_dim"] = 768);
        AssertSays(await Refused(other), "768 (Stable Diffusion 1)", "has 64");
    }

    [Fact]
    public async Task A_ControlNet_of_other_blocks_is_refused_by_both()
    {
        string other = controlled.WriteControlNet("blocks", config => config["layers_per_block"] = 2);
        AssertSays(await Refused(other), "2, 2, 2, 2 layers", "1, 1, 1, 1 layers");
    }

    [Fact]
    public async Task What_is_no_ControlNet_is_refused()
    {
        AssertSays(await Refused(controlled.WriteControlNet("xl", config => config["addition_embed_type"] = "text_time")), "addition_embed_type");
        AssertSays(await Refused(controlled.WriteControlNet("gray", config => config["conditioning_channels"] = 1)), "1 channels");
        AssertSays(await Refused(controlled.WriteControlNet("class", config => config["_class_name"] = "MultiAdapter")), "MultiAdapter");
        AssertSays(await Refused(Path.Combine(controlled.Folder, "nowhere")), "nowhere", "config.json");
        AssertSays(await Refused(Path.Combine(Repository.Golden("tiny-depth2img"), "vae", "diffusion_pytorch_model.safetensors")), "no ControlNet");
    }

    private Task<Depth2ImgException> Refused(string controlNet) => Refused(new PipelineOptions { ControlNet = new ControlNetOptions(controlNet) });

    private Task<Depth2ImgException> Refused(PipelineOptions options) => Assert.ThrowsAsync<Depth2ImgException>(() => controlled.LoadAsync(options));

    /// <summary>The latents of a checkpoint in which one setting is another.</summary>
    private async Task<float[]> LatentsWith(string file, string text, string replacement)
    {
        using TemporaryFolder folder = new();
        string checkpoint = TinyControlNet.WriteCheckpoint(folder.File("altered")), path = Path.Combine(checkpoint, file), before = File.ReadAllText(path);
        Assert.Contains(text, before, StringComparison.Ordinal);
        File.WriteAllText(path, before.Replace(text, replacement, StringComparison.Ordinal));
        PipelineOptions options = new() { Backend = controlled.Pipeline.Backend, ControlNet = new ControlNetOptions(controlled.ControlNet) };
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(checkpoint, options);
        float[] latents = pipeline.Denoise(Plain, null, CancellationToken.None).Latents;
        Assert.All(latents, value => Assert.True(float.IsFinite(value)));
        return latents;
    }

    private static void AssertSays(Depth2ImgException e, params string[] words) =>
        Assert.All(words, word => Assert.Contains(word, e.Message, StringComparison.Ordinal));

    private DenoisedLatents Denoise(DepthToImageRequest request) => controlled.Pipeline.Denoise(request, null, CancellationToken.None);

    private float[] Latents(DepthToImageRequest request) => Denoise(request).Latents;

    /// <summary>The plain image-to-image run that the request would be with neither depth nor ControlNet, on the networks themselves: at strength 1 with DDIM.</summary>
    private float[] ImageToImage(DepthToImageRequest request)
    {
        PipelineNetworks networks = controlled.Pipeline.Networks;
        using LazyNetwork<UNet2DConditionModel>.Loan unet = networks.Unet.Borrow();
        IScheduler scheduler = SchedulerFactory.Create(networks.Scheduler, request.Scheduler, karras: false, Evaluations, 1);
        using IOps ops = controlled.Pipeline.Backend.OpenSession();
        RegionPlan[] plan = [new RegionPlan(request.Prompt, "", new DenoiseSettings(4, GuidanceInterval.Whole, 1))];
        Prompting plain = new(default, null, 1);
        using RegionPrompts prompts = RegionPrompts.Encode(ops, networks, plan, [PromptProgram.Make(plan[0], plain, Evaluations)], plain);
        using PromptContexts contexts = prompts.ContextsOf(0, unet.Network);
        WorkingSize size = new(64, 64);
        TorchCpuRandom random = new(request.Seed!.Value);
        float[] start = LatentCodec.Encode(networks.Vae, ops, size.Apply(request.Image), random), noise = new float[start.Length], latents = new float[start.Length];
        random.FillNormal(noise);
        scheduler.AddNoise(start, noise, 0, latents);
        LatentGeometry geometry = new(1, 4, size.LatentHeight, size.LatentWidth);
        new DenoiseLoop(unet.Network, ops, scheduler, random).Run(latents, geometry, null, [new DenoiseRegion(contexts, plan[0].Settings)], held: null, 0, (_, _, _, _) => { });
        return latents;
    }
}

/// <summary>The tiny text-to-image checkpoint with its ControlNet, on a back end that tells what is evaluated.</summary>
public sealed class ControlledPipeline : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrackedBackend _backend = new(new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.BestFloat32 }));

    public ControlledPipeline()
    {
        Checkpoint = TinyControlNet.WriteCheckpoint(_folder.File("text-to-image"));
        ControlNet = WriteControlNet("depth-control", _ => { });
        Pipeline = LoadAsync(new PipelineOptions { Backend = _backend, ControlNet = new ControlNetOptions(ControlNet) }).GetAwaiter().GetResult();
    }

    public string Folder => _folder.Path;

    public string Checkpoint { get; }

    public string ControlNet { get; }

    public DepthToImagePipeline Pipeline { get; }

    internal string WriteControlNet(string name, Action<System.Text.Json.Nodes.JsonNode> change) => TinyControlNet.WriteFolder(_folder.File(name), change);

    internal Task<DepthToImagePipeline> LoadAsync(PipelineOptions options) => DepthToImagePipeline.LoadAsync(Checkpoint, options);

    /// <summary>How many ops a request runs.</summary>
    public int OpsOf(DepthToImageRequest request)
    {
        _backend.Sessions.Clear();
        _ = Pipeline.Denoise(request, null, CancellationToken.None);
        return _backend.Sessions.Sum(session => session.Count);
    }

    public void Dispose()
    {
        Pipeline.Dispose();
        _backend.Dispose();
        _folder.Dispose();
    }
}
