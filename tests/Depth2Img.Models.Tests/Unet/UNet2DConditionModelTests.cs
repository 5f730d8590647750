using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Unet;

public class UNet2DConditionModelTests
{
    private const double Tolerance = 1e-4;

    private static readonly string[] Files = ["unet-linear.safetensors", "unet-conv.safetensors"];

    public static TheoryData<string, string> BackendsAndFiles => TestBackends.With(Files);

    public static TheoryData<string, string, string> BackendsFilesAndSizes
    {
        get
        {
            TheoryData<string, string, string> rows = [];
            foreach (object[] row in TestBackends.With(Files).Cast<object[]>())
            {
                foreach (string size in (IEnumerable<string>)["square", "odd", "tall"]) rows.Add((string)row[0], (string)row[1], size);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(BackendsFilesAndSizes))]
    public void Forward_agrees_with_diffusers(string backendName, string file, string size)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using UNet2DConditionModel unet = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        float[] output = Run(golden, unet, ops, size, observer: null);

        NumericAssert.Close(golden.Values($"{size}.out"), output, Tolerance, $"{size}.out");
    }

    [Fact]
    public void Forward_with_16_bit_products_agrees_with_diffusers_but_for_their_rounding()
    {
        foreach (CpuTier tier in TestBackends.Narrow)
        {
            foreach (string file in Files)
            {
                using GoldenNetwork golden = GoldenNetwork.Open(file);
                using IBackend backend = TestBackends.Open(tier.Name());
                using UNet2DConditionModel unet = Load(golden, backend);
                using IOps ops = backend.OpenSession();
                NumericAssert.RootMeanSquare(golden.Values("square.out"), Run(golden, unet, ops, "square", observer: null), 5e-2, file);
            }
        }
    }

    [Theory]
    [MemberData(nameof(BackendsAndFiles))]
    public void Every_module_agrees_with_diffusers(string backendName, string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using UNet2DConditionModel unet = Load(golden, backend);
        using IOps ops = backend.OpenSession();
        HashSet<string> awaited = [.. golden.NamesUnder("square.mid.")];

        // Modules report in the order in which they run: the first one that differs fails the test.
        Run(golden, unet, ops, "square", (path, output) =>
        {
            if (!awaited.Remove(path)) return;
            float[] values = output.Shape.Rank == 4 ? ops.DownloadChannelsFirst(output) : ops.DownloadAll(output);
            NumericAssert.Close(golden.Values($"square.mid.{path}"), values, Tolerance, path);
        });

        Assert.Empty(awaited);
    }

    [Fact]
    public void A_context_serves_many_steps()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("unet-linear.safetensors");
        using ReferenceBackend backend = new();
        using UNet2DConditionModel unet = Load(golden, backend);
        using IOps ops = backend.OpenSession();
        using UNetContext context = Context(golden, unet, ops, "tall");
        using Tensor sample = Sample(golden, ops, "tall");
        double timestep = golden.Values("tall.in.timestep")[0];

        using Tensor first = unet.Forward(ops, sample, timestep, context);
        using Tensor other = unet.Forward(ops, sample, timestep / 2, context);
        using Tensor again = unet.Forward(ops, sample, timestep, context);

        Assert.Equal(ops.DownloadAll(first), ops.DownloadAll(again));
        Assert.NotEqual(ops.DownloadAll(first), ops.DownloadAll(other));
    }

    [Fact]
    public void A_picture_s_output_does_not_depend_on_its_neighbours()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("unet-linear.safetensors");
        using ReferenceBackend backend = new();
        using UNet2DConditionModel unet = Load(golden, backend);
        using IOps ops = backend.OpenSession();
        int[] sizes = golden.Sizes("square.in.sample");
        int[] contextSizes = golden.Sizes("square.in.context");
        float[] samples = golden.Values("square.in.sample"), contexts = golden.Values("square.in.context"), expected = golden.Values("square.out");

        using Tensor sample = ops.UploadChannelsFirst(samples.AsSpan(samples.Length / 2), 1, sizes[1], sizes[2], sizes[3]);
        using Tensor prompt = ops.Upload(contexts.AsSpan(contexts.Length / 2), new Shape(1, contextSizes[1], contextSizes[2]));
        using UNetContext context = unet.PrepareContext(ops, prompt);
        using Tensor output = unet.Forward(ops, sample, golden.Values("square.in.timestep")[0], context);

        NumericAssert.Close(expected.AsSpan(expected.Length / 2), ops.DownloadChannelsFirst(output), Tolerance, "second picture alone");
    }

    [Fact]
    public void Inputs_of_other_sizes_are_the_caller_s_mistake()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("unet-linear.safetensors");
        using ReferenceBackend backend = new();
        using UNet2DConditionModel unet = Load(golden, backend);
        using UNet2DConditionModel other = Load(golden, backend);
        using IOps ops = backend.OpenSession();
        using UNetContext context = Context(golden, unet, ops, "tall");
        using Tensor sample = Sample(golden, ops, "tall");
        using Tensor fourChannels = ops.Upload(new float[4 * 64], new Shape(1, 8, 8, 4));
        using Tensor twoPictures = ops.Upload(new float[2 * 5 * 64], new Shape(2, 8, 8, 5));
        using Tensor narrow = ops.Upload(new float[77 * 39], new Shape(1, 77, 39));

        Assert.Throws<ArgumentException>("context", () => unet.PrepareContext(ops, narrow));
        Assert.Throws<ArgumentException>("sample", () => unet.Forward(ops, fourChannels, 1, context));
        Assert.Throws<ArgumentException>("context", () => unet.Forward(ops, twoPictures, 1, context));
        Assert.Throws<ArgumentException>(() => other.Forward(ops, sample, 1, context));
    }

    [Theory]
    [MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void Cancelling_ends_an_evaluation(string backendName)
    {
        using GoldenNetwork golden = GoldenNetwork.Open("unet-linear.safetensors");
        using IBackend backend = TestBackends.Open(backendName);
        using UNet2DConditionModel unet = Load(golden, backend);
        using CancellationTokenSource source = new();
        using IOps ops = backend.OpenSession(source.Token);

        Assert.ThrowsAny<OperationCanceledException>(() => Run(golden, unet, ops, "tall", (path, _) =>
        {
            if (path == "down_blocks.1") source.Cancel();
        }));
    }

    [Theory]
    [InlineData("odd")]
    [InlineData("tall")]
    public void Memory_is_given_back_after_an_evaluation_and_after_a_cancelled_one(string size)
    {
        using GoldenNetwork golden = GoldenNetwork.Open("unet-linear.safetensors");
        using CpuBackend backend = new();
        using UNet2DConditionModel unet = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        LeakTest.Run(ops, tracked => Run(golden, unet, tracked, size, observer: null), cancellations: 40);
    }

    private static UNet2DConditionModel Load(GoldenNetwork golden, IBackend backend)
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Parse(golden.Config, golden.Description));
        UNet2DConditionModel unet = CheckpointScope.Load(golden.Weights, backend, scope => new UNet2DConditionModel(scope, config), out IReadOnlyList<string> unused);
        Assert.Empty(unused);
        return unet;
    }

    private static float[] Run(GoldenNetwork golden, UNet2DConditionModel unet, IOps ops, string size, TensorObserver? observer)
    {
        using UNetContext context = Context(golden, unet, ops, size);
        using Tensor sample = Sample(golden, ops, size);
        using Tensor output = unet.Forward(ops, sample, golden.Values($"{size}.in.timestep")[0], context, features: null, observer);
        return ops.DownloadChannelsFirst(output);
    }

    private static UNetContext Context(GoldenNetwork golden, UNet2DConditionModel unet, IOps ops, string size)
    {
        using Tensor prompt = ops.Upload(golden.Values($"{size}.in.context"), new Shape(golden.Sizes($"{size}.in.context")));
        return unet.PrepareContext(ops, prompt);
    }

    private static Tensor Sample(GoldenNetwork golden, IOps ops, string size)
    {
        int[] sizes = golden.Sizes($"{size}.in.sample");
        return ops.UploadChannelsFirst(golden.Values($"{size}.in.sample"), sizes[0], sizes[1], sizes[2], sizes[3]);
    }
}
