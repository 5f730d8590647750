using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Models.Unet;
using Depth2Img.Pipelines;
using Depth2Img.Random;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Pictures of a request are made one after another, and are those that a batch makes.</summary>
public sealed class PictureByPictureTests(TinyPipeline tiny) : IClassFixture<TinyPipeline>
{
    private const int Steps = 4;

    private static readonly DepthToImageRequest Request = new()
    {
        Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
        Prompt = "a red ball",
        Steps = Steps,
        Strength = 1,
        Guidance = 4,
        Seed = 3,
        Count = 3,
        Size = new WorkingSize(64, 64),
        Depth = new DepthMap(2, 2, [0, 1, 2, 3]),
    };

    public static TheoryData<string> Schedulers => [.. SchedulerNames.All];

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Each_has_the_bits_that_it_has_in_a_batch(string scheduler)
    {
        DepthToImageRequest request = Request with { Scheduler = scheduler };
        Assert.Equal(InBatch(request), tiny.Pipeline.Denoise(request, null, CancellationToken.None).Latents);
    }

    [Fact]
    public async Task A_run_that_is_ended_has_the_pictures_so_far_and_they_are_the_whole_run_s()
    {
        int asked = 0;
        DepthToImageResult whole = await tiny.Pipeline.GenerateAsync(Request);
        DepthToImageResult ended = await tiny.Pipeline.GenerateAsync(Request, null, () => ++asked == 2, CancellationToken.None);
        Assert.Equal(2, ended.Images.Count);
        Assert.Equal(whole.Images.Take(2).Select(image => image.Pixels), ended.Images.Select(image => image.Pixels));
        Assert.Equal(3, ended.Settings.Count);
        Assert.Single((await tiny.Pipeline.GenerateAsync(Request, null, () => true, CancellationToken.None)).Images);
    }

    [Fact]
    public void A_copied_stream_goes_on_as_its_original_and_apart_from_it()
    {
        float[] one = new float[40], other = new float[40];
        TorchCpuRandom random = new(7);
        random.FillNormal(one.AsSpan(0, 3)); // An odd number: the second of a pair waits.
        TorchCpuRandom copy = random.Copy();
        random.FillNormal(one);
        copy.FillNormal(other);
        Assert.Equal(one, other);
        random.FillNormal(one);
        copy.FillNormal(other);
        Assert.Equal(one, other);
    }

    /// <summary>The request's latents, all pictures stepped together, on the networks themselves.</summary>
    private float[] InBatch(DepthToImageRequest request)
    {
        PipelineNetworks networks = tiny.Pipeline.Networks;
        using LazyNetwork<UNet2DConditionModel>.Loan unet = networks.Unet.Borrow();
        IScheduler scheduler = SchedulerFactory.Create(networks.Scheduler, request.Scheduler, karras: false, Steps, request.Count);
        using IOps ops = tiny.Pipeline.Backend.OpenSession();
        RegionPlan[] plan = [new RegionPlan(request.Prompt, "", new DenoiseSettings((float)request.Guidance!, GuidanceInterval.Whole, 1))];
        Prompting plain = new(default, null, 1);
        using RegionPrompts prompts = RegionPrompts.Encode(ops, networks, plan, [PromptProgram.Make(plan[0], plain, scheduler.Timesteps.Length)], plain);
        using PromptContexts contexts = prompts.ContextsOf(0, unet.Network);
        WorkingSize size = request.Size!.Value;
        TorchCpuRandom random = new(request.Seed!.Value);
        float[] encoded = LatentCodec.Encode(networks.Vae, ops, size.Apply(request.Image), random);
        float[] start = [.. Enumerable.Repeat(encoded, request.Count).SelectMany(values => values)], noise = new float[start.Length], latents = new float[start.Length];
        random.FillNormal(noise);
        scheduler.AddNoise(start, noise, 0, latents);
        LatentGeometry geometry = new(request.Count, networks.Vae.LatentChannels, size.LatentHeight, size.LatentWidth);
        new DenoiseLoop(unet.Network, ops, scheduler, random).Run(latents, geometry, request.Depth!.ToLatentDepth(size.LatentWidth, size.LatentHeight), [new DenoiseRegion(contexts, plan[0].Settings)], held: null, 0, (_, _, _, _) => { });
        return latents;
    }
}
