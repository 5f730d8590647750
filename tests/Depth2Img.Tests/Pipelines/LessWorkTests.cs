using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>The options that save work: what each does not evaluate, and that none of them changes anything when it is off.</summary>
public sealed class LessWorkTests(TrackedPipeline tracked) : IClassFixture<TrackedPipeline>
{
    private const int DepthUnetChannels = 5;
    private const int Evaluations = 10;

    private static readonly DepthToImageRequest Plain = new()
    {
        Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
        Prompt = "a red ball",
        Steps = Evaluations,
        Strength = 1,
        Guidance = 4,
        Seed = 1,
        MaxSize = 64,
        Scheduler = "euler",
        Depth = new DepthMap(4, 4, [.. Enumerable.Range(0, 16).Select(i => (float)i)]),
    };

    [Fact]
    public void Outside_the_guidance_interval_the_unconditional_half_is_not_evaluated()
    {
        List<int> halves = tracked.HalvesOf(Plain with { GuidanceInterval = new GuidanceInterval(0.2, 0.6) }, DepthUnetChannels);
        Assert.Equal([1, 1, 2, 2, 2, 2, 1, 1, 1, 1], halves);
    }

    [Fact]
    public void Guidance_of_the_whole_interval_is_guidance_as_it_was()
    {
        Assert.Equal(Enumerable.Repeat(2, Evaluations), tracked.HalvesOf(Plain, DepthUnetChannels));
        Assert.Equal(tracked.Latents(Plain), tracked.Latents(Plain with { GuidanceInterval = GuidanceInterval.Whole }));
    }

    [Fact]
    public void Guidance_of_another_interval_makes_another_picture()
    {
        float[] late = tracked.Latents(Plain with { GuidanceInterval = new GuidanceInterval(0.5, 1) });
        Assert.NotEqual(tracked.Latents(Plain), late);
        Assert.NotEqual(tracked.Latents(Plain with { Guidance = 1 }), late);
    }

    [Fact]
    public async Task An_interval_that_no_evaluation_lies_in_is_no_guidance_and_is_said()
    {
        DepthToImageRequest request = Plain with { GuidanceInterval = new GuidanceInterval(0.41, 0.49) };
        Assert.Equal(tracked.Latents(Plain with { Guidance = 1 }), tracked.Latents(request));
        DepthToImageResult result = await tracked.Pipeline.GenerateAsync(request);
        Assert.Contains("nothing is guided", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1, 0.5)]
    [InlineData(0, 1.01)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.8, 0.2)]
    [InlineData(double.NaN, 1)]
    [InlineData(0, double.NaN)]
    public async Task An_interval_outside_the_run_is_refused_by_name(double from, double to) =>
        await AssertRefused(Plain with { GuidanceInterval = new GuidanceInterval(from, to) }, "GuidanceInterval");

    [Fact]
    public void With_features_re_used_there_are_as_many_evaluations_with_far_fewer_ops()
    {
        DepthToImageRequest reused = Plain with { ReuseFeatures = 5 };
        Assert.Equal(Enumerable.Repeat(2, Evaluations), tracked.HalvesOf(reused, DepthUnetChannels));
        Assert.InRange(tracked.OpsOf(reused), 1, tracked.OpsOf(Plain) * 2 / 3);
    }

    [Fact]
    public void Features_re_used_every_1_evaluations_are_the_plain_run() =>
        Assert.Equal(tracked.Latents(Plain), tracked.Latents(Plain with { ReuseFeatures = 1 }));

    [Fact]
    public void Pictures_of_one_request_do_not_share_their_features()
    {
        // The first picture of two has the noise of the picture that is made alone.
        float[] alone = tracked.Latents(Plain with { ReuseFeatures = 3 });
        float[] together = tracked.Latents(Plain with { ReuseFeatures = 3, Count = 2 });
        Assert.Equal(alone, together[..alone.Length]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(11)]
    public async Task Re_use_outside_its_range_is_refused_by_name(int every) =>
        await AssertRefused(Plain with { ReuseFeatures = every }, "ReuseFeatures");

    [Fact]
    public async Task Fast_sets_what_is_not_given_and_says_what_it_trades()
    {
        DepthToImageResult result = await tracked.Pipeline.GenerateAsync(Plain with { Fast = true });
        Assert.Equal((FastPreset.GuidanceInterval, FastPreset.ReuseFeatures), (result.Settings.GuidanceInterval, result.Settings.ReuseFeatures));
        string warning = Assert.Single(result.Warnings);
        Assert.StartsWith("Fast: ", warning, StringComparison.Ordinal);
        Assert.Contains("guidance", warning, StringComparison.Ordinal);
        Assert.Contains($"every {FastPreset.ReuseFeatures} evaluations", warning, StringComparison.Ordinal);
        DepthToImageRequest byHand = Plain with { GuidanceInterval = FastPreset.GuidanceInterval, ReuseFeatures = FastPreset.ReuseFeatures };
        Assert.Equal(tracked.Latents(byHand), tracked.Latents(Plain with { Fast = true }));
    }

    [Fact]
    public async Task What_a_request_says_itself_wins_over_fast()
    {
        DepthToImageRequest request = Plain with { Fast = true, GuidanceInterval = GuidanceInterval.Whole, ReuseFeatures = 1 };
        DepthToImageResult result = await tracked.Pipeline.GenerateAsync(request);
        Assert.Equal(tracked.Latents(Plain), tracked.Latents(request));
        Assert.Null(result.Settings.GuidanceInterval);
        Assert.Null(result.Settings.ReuseFeatures);
        Assert.Contains("nothing to trade", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_guidance_no_interval_is_claimed()
    {
        DepthToImageResult result = await tracked.Pipeline.GenerateAsync(Plain with { Guidance = 1, Fast = true });
        Assert.Null(result.Settings.GuidanceInterval);
        Assert.DoesNotContain("guidance", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_tell_what_was_saved_and_are_read_back()
    {
        DepthToImageResult result = await tracked.Pipeline.GenerateAsync(Plain with { GuidanceInterval = new GuidanceInterval(0.2, 0.75), ReuseFeatures = 3 });
        Assert.Equal(result.Settings, GenerationSettings.FromJson(result.Settings.ToJson()));
        Assert.Equal(new GuidanceInterval(0.2, 0.75), result.Settings.GuidanceInterval);
        Assert.Equal(3, result.Settings.ReuseFeatures);
        Assert.Contains("CFG interval: 0.2:0.75, Feature reuse: 3,", result.Settings.ToParametersLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_a_plain_run_name_no_option_that_saves_work()
    {
        string json = (await tracked.Pipeline.GenerateAsync(Plain)).Settings.ToJson();
        Assert.DoesNotContain("guidanceInterval", json, StringComparison.Ordinal);
        Assert.DoesNotContain("reuseFeatures", json, StringComparison.Ordinal);
    }

    private async Task AssertRefused(DepthToImageRequest request, string property)
    {
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => tracked.Pipeline.GenerateAsync(request));
        RequestFault fault = Assert.Single(e.Faults);
        Assert.Equal(property, fault.Property);
        Assert.StartsWith(property, fault.Message, StringComparison.Ordinal);
    }
}

/// <summary>The tiny checkpoint on a back end that tells what is evaluated.</summary>
public sealed class TrackedPipeline : IDisposable
{
    private readonly TrackedBackend _backend = new(new CpuBackend());

    public TrackedPipeline() => Pipeline = DepthToImagePipeline.LoadAsync(
        Repository.Golden("tiny-depth2img"), new PipelineOptions { Backend = _backend }).GetAwaiter().GetResult();

    public DepthToImagePipeline Pipeline { get; }

    /// <summary>The final latents.</summary>
    public float[] Latents(DepthToImageRequest request) => Pipeline.Denoise(request, null, CancellationToken.None).Latents;

    /// <summary>How many ops a request runs.</summary>
    public int OpsOf(DepthToImageRequest request)
    {
        _backend.Sessions.Clear();
        _ = Latents(request);
        return _backend.Sessions.Sum(session => session.Count);
    }

    /// <summary>How many halves each of a request's UNet evaluations had.</summary>
    public List<int> HalvesOf(DepthToImageRequest request, int unetChannels)
    {
        _backend.Sessions.Clear();
        _ = Latents(request);
        return [.. _backend.Sessions.SelectMany(session => session.Uploads).Where(shape => shape.Rank == 4 && shape.Channels == unetChannels).Select(shape => shape[0])];
    }

    public void Dispose()
    {
        Pipeline.Dispose();
        _backend.Dispose();
    }
}
