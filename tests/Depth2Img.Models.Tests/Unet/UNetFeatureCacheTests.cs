using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Unet;

/// <summary>A linear-projection UNet run with and without a cache of its deep feature.</summary>
public sealed class UNetFeatureCacheTests : IDisposable
{
    private const double Timestep = 400;

    private readonly GoldenNetwork _golden = GoldenNetwork.Open("unet-linear.safetensors");
    private readonly CpuBackend _backend = new();
    private readonly UNet2DConditionModel _unet;
    private readonly IOps _session;
    private readonly TrackedOps _ops;

    public UNetFeatureCacheTests()
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Parse(_golden.Config, _golden.Description));
        _unet = CheckpointScope.Load(_golden.Weights, _backend, scope => new UNet2DConditionModel(scope, config), out _);
        _session = _backend.OpenSession();
        _ops = new TrackedOps(_session);
    }

    public void Dispose()
    {
        _session.Dispose();
        _unet.Dispose();
        _backend.Dispose();
        _golden.Dispose();
    }

    [Fact]
    public void A_cache_of_interval_1_changes_neither_values_nor_work()
    {
        using UNetFeatureCache cache = new(1);
        (float[] plain, int plainOps) = Evaluate(_ops, Timestep, null);
        for (int i = 0; i < 3; i++)
        {
            (float[] values, int count) = Evaluate(_ops, Timestep, cache);
            Assert.Equal(plain, values);
            Assert.Equal(plainOps, count);
        }
    }

    [Fact]
    public void Of_every_three_evaluations_two_run_less_than_half_of_the_network()
    {
        using UNetFeatureCache cache = new(3);
        (_, int whole) = Evaluate(_ops, Timestep, null);
        int[] counts = [.. Enumerable.Range(0, 7).Select(_ => Evaluate(_ops, Timestep, cache).Count)];
        Assert.Equal([true, false, false, true, false, false, true], counts.Select(count => count == whole));
        Assert.All(counts.Where(count => count != whole), count => Assert.InRange(count, 1, whole / 2));
    }

    [Fact]
    public void What_was_kept_is_exact_for_the_evaluation_that_made_it_and_near_for_its_neighbour()
    {
        using UNetFeatureCache cache = new(3);
        (float[] whole, _) = Evaluate(_ops, Timestep, cache);
        (float[] same, _) = Evaluate(_ops, Timestep, cache);
        (float[] neighbour, _) = Evaluate(_ops, Timestep - 20, cache);
        (float[] expected, _) = Evaluate(_ops, Timestep - 20, null);
        Assert.Equal(whole, same);
        Assert.NotEqual(expected, neighbour);
        Assert.InRange(Distance(expected, neighbour), 0, 0.5 * NumericAssert.StandardDeviation(expected));
    }

    [Fact]
    public void A_sample_of_another_size_runs_whole()
    {
        using UNetFeatureCache cache = new(10);
        Evaluate(_ops, Timestep, cache, "square");
        (float[] expected, int whole) = Evaluate(_ops, Timestep, null, "tall");
        (float[] values, int count) = Evaluate(_ops, Timestep, cache, "tall");
        Assert.Equal(whole, count);
        Assert.Equal(expected, values);
    }

    [Fact]
    public void A_disposed_cache_is_empty()
    {
        using UNetFeatureCache cache = new(10);
        (_, int whole) = Evaluate(_ops, Timestep, cache);
        Assert.Equal(1, _ops.Alive);
        cache.Dispose();
        Assert.Equal(0, _ops.Alive);
        Assert.Equal(whole, Evaluate(_ops, Timestep, cache).Count);
    }

    [Theory]
    [InlineData("odd")]
    [InlineData("tall")]
    public void Memory_is_given_back_after_a_run_and_after_a_cancelled_one(string size) => LeakTest.Run(
        _session,
        ops =>
        {
            using UNetFeatureCache cache = new(2);
            for (int i = 0; i < 3; i++) Evaluate(ops, Timestep, cache, size);
        },
        cancellations: 40);

    [Fact]
    public void An_interval_below_1_is_the_caller_s_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>("interval", () => new UNetFeatureCache(0));

    private (float[] Values, int Count) Evaluate(IOps ops, double timestep, UNetFeatureCache? cache, string size = "square")
    {
        using Tensor prompt = ops.Upload(_golden.Values($"{size}.in.context"), new Shape(_golden.Sizes($"{size}.in.context")));
        using UNetContext context = _unet.PrepareContext(ops, prompt);
        int[] sizes = _golden.Sizes($"{size}.in.sample");
        using Tensor sample = ops.UploadChannelsFirst(_golden.Values($"{size}.in.sample"), sizes[0], sizes[1], sizes[2], sizes[3]);
        int before = _ops.Count;
        using Tensor output = cache is null ? _unet.Forward(ops, sample, timestep, context) : _unet.Forward(ops, sample, timestep, context, cache);
        int count = _ops.Count - before;
        return (ops.DownloadAll(output), count);
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Average());
}
