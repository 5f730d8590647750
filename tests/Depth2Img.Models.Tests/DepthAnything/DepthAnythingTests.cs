using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.DepthAnything;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.DepthAnything;

public class DepthAnythingTests
{
    private const string File = "depth-anything.safetensors";

    /// <summary>Times the largest value, where that is above 1.</summary>
    private const double Tolerance = 1e-4;

    public static TheoryData<string, string> BackendsAndSizes => TestBackends.With("square", "tall", "wide");

    [Theory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Forward_agrees_with_transformers(string backendName, string size)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.Open(backendName);
        using DepthAnythingForDepthEstimation network = Load(golden, golden.Weights, backend);

        float[] depth = Estimate(network, backend, golden, size);

        float[] expected = golden.Values($"{size}.out.predicted_depth");
        NumericAssert.Close(expected, depth, Tolerance * Math.Max(1, expected.Max(Math.Abs)), size);
    }

    [Fact]
    public void Published_key_names_mean_the_same_as_those_in_memory()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        RenamedWeights published = new(golden.Weights, PublishedName);
        Assert.Contains("backbone.encoder.layer.0.attention.attention.query.weight", published.Names);
        using DepthAnythingForDepthEstimation inMemory = Load(golden, golden.Weights, backend);
        using DepthAnythingForDepthEstimation network = Load(golden, published, backend);

        Assert.Equal(Estimate(inMemory, backend, golden, "square"), Estimate(network, backend, golden, "square"));
    }

    [Fact]
    public void Every_tensor_of_a_checkpoint_is_used_or_known_to_be_of_no_use()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();

        using DepthAnythingForDepthEstimation network =
            CheckpointScope.Load(golden.Weights, backend, scope => new DepthAnythingForDepthEstimation(scope, Config(golden)), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
    }

    [Fact]
    public void A_metric_model_tells_metres_up_to_its_farthest_through_a_sigmoid()
    {
        const float Farthest = 20;
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        // With a large bias before it, the relative model's ReLU does nothing and shows what the sigmoid is fed.
        AlteredWeights shifted = new AlteredWeights(golden.Weights).WithValue("head.conv3.bias", 0, 50);
        using DepthAnythingForDepthEstimation relative = Load(golden, shifted, backend);
        using DepthAnythingForDepthEstimation metric = new(new CheckpointScope(golden.Weights, backend), Config(golden) with { MaxDepth = Farthest });
        float bias = golden.Weights["head.conv3.bias"].ToFloats()[0];

        float[] metres = Estimate(metric, backend, golden, "square");

        float[] expected = [.. Estimate(relative, backend, golden, "square").Select(x => Farthest / (1 + MathF.Exp(50 - bias - x)))];
        Assert.True(metric.IsMetric);
        Assert.False(relative.IsMetric);
        NumericAssert.Close(expected, metres, 1e-3, "metres");
    }

    [Fact]
    public void Pictures_of_a_batch_do_not_mix()
    {
        const int Height = 42, Width = 56;
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        using DepthAnythingForDepthEstimation network = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        float[] one = FormulaWeights.Uniform("one", Height * Width * 3, 1), two = FormulaWeights.Uniform("two", Height * Width * 3, 1);
        using Tensor both = ops.Upload([.. one, .. two], new Shape(2, Height, Width, 3));
        using Tensor second = ops.Upload(two, new Shape(1, Height, Width, 3));

        using Tensor depths = network.Forward(ops, both);
        using Tensor alone = network.Forward(ops, second);

        Assert.Equal(new Shape(2, Height, Width, 1), depths.Shape);
        NumericAssert.Close(ops.DownloadAll(alone), ops.DownloadAll(depths).AsSpan(Height * Width), 1e-5, "second picture");
    }

    [Fact]
    public void A_picture_that_is_not_of_whole_patches_is_refused_with_its_size()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        using DepthAnythingForDepthEstimation network = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor pixels = ops.Upload(new float[70 * 60 * 3], new Shape(1, 70, 60, 3));

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => network.Forward(ops, pixels));

        Assert.Contains("60x70", e.Message, StringComparison.Ordinal);
        Assert.Contains("multiples of 14", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_memory_is_given_back()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.OpenFastest();
        using DepthAnythingForDepthEstimation network = Load(golden, golden.Weights, backend);
        using IOps inner = backend.OpenSession();

        LeakTest.Run(inner, ops =>
        {
            using Tensor pixels = ops.Upload(new float[28 * 42 * 3], new Shape(1, 28, 42, 3));
            network.Forward(ops, pixels).Dispose();
        });
    }

    [Theory]
    [InlineData("backbone.encoder.layer.2.layer_scale1.lambda1")]
    [InlineData("backbone.encoder.layer.0.attention.q_proj.weight")]
    [InlineData("backbone.layernorm.bias")]
    [InlineData("head.conv3.weight")]
    public void A_missing_tensor_is_named(string key)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => Load(golden, new AlteredWeights(golden.Weights).Without(key), backend));

        Assert.StartsWith($"{key}: missing in", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 9)]
    [InlineData(7, 2)]
    public void A_table_of_one_value_stays_so_on_every_grid(int height, int width)
    {
        float[] table = [.. Enumerable.Repeat(0.25f, 5 * 5 * 2)];

        float[] resized = PositionGrid.Resize(table, 5, 2, height, width);

        NumericAssert.Close([.. Enumerable.Repeat(0.25f, height * width * 2)], resized, 1e-6, "table");
    }

    private static string PublishedName(string name) => name
        .Replace("attention.q_proj.", "attention.attention.query.", StringComparison.Ordinal)
        .Replace("attention.k_proj.", "attention.attention.key.", StringComparison.Ordinal)
        .Replace("attention.v_proj.", "attention.attention.value.", StringComparison.Ordinal)
        .Replace("attention.o_proj.", "attention.output.dense.", StringComparison.Ordinal);

    private static DepthAnythingConfig Config(GoldenNetwork golden) => DepthAnythingConfig.Read(JsonConfig.Parse(golden.Config, golden.Description));

    private static DepthAnythingForDepthEstimation Load(GoldenNetwork golden, IWeightSource weights, IBackend backend) =>
        new(new CheckpointScope(weights, backend), Config(golden));

    private static float[] Estimate(DepthAnythingForDepthEstimation network, IBackend backend, GoldenNetwork golden, string size)
    {
        int[] sizes = golden.Sizes($"{size}.in.pixel_values");
        using IOps ops = backend.OpenSession();
        using Tensor pixels = ops.UploadChannelsFirst(golden.Values($"{size}.in.pixel_values"), sizes[0], sizes[1], sizes[2], sizes[3]);
        using Tensor depth = network.Forward(ops, pixels);
        Assert.Equal(new Shape(sizes[0], sizes[2], sizes[3], 1), depth.Shape);
        return ops.DownloadAll(depth);
    }
}
