using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Dpt;
using Depth2Img.Models.Layers;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Dpt;

public class DptForDepthEstimationTests
{
    private const string Hybrid = "dpt-hybrid.safetensors", Plain = "dpt-plain.safetensors";

    /// <summary>Times the largest value, where that is above 1.</summary>
    private const double Tolerance = 1e-4;

    public static TheoryData<string, string> BackendsAndFiles => TestBackends.With(Hybrid, Plain);

    public static TheoryData<string> Backends => TestBackends.All;

    [Theory]
    [MemberData(nameof(BackendsAndFiles))]
    public void Forward_agrees_with_transformers(string backendName, string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor pixels = Pixels(golden, ops);

        using Tensor depth = dpt.Forward(ops, pixels);

        Assert.Equal(new Shape(1, 96, 96, 1), depth.Shape);
        AssertClose(golden, "out.predicted_depth", ops.DownloadAll(depth));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_backbone_s_stages_agree_with_transformers(string backendName)
    {
        const string Path = "dpt.embeddings.backbone.bit";
        using GoldenNetwork golden = GoldenNetwork.Open(Hybrid);
        using IBackend backend = TestBackends.Open(backendName);
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        BitBackbone backbone = ((DptViTHybridEmbeddings)dpt.Embeddings).Backbone;
        using IOps ops = backend.OpenSession();
        using Tensor pixels = Pixels(golden, ops);

        using Tensor stem = backbone.Embed(ops, pixels);
        using TensorList stages = backbone.Forward(ops, pixels);

        AssertClose(golden, $"mid.{Path}.embedder", ops.DownloadChannelsFirst(stem));
        Assert.Equal(3, stages.Count);
        AssertClose(golden, $"mid.{Path}.encoder.stages.0", ops.DownloadChannelsFirst(stages[0]));
        AssertClose(golden, $"mid.{Path}.encoder.stages.2", ops.DownloadChannelsFirst(stages[2]));
    }

    [Theory]
    [MemberData(nameof(BackendsAndFiles))]
    public void Embeddings_and_transformer_layers_agree_with_transformers(string backendName, string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor pixels = Pixels(golden, ops);
        using TensorList features = [];

        using Tensor embedded = dpt.Embeddings.Forward(ops, pixels, features);
        using Tensor first = dpt.Layers[0].Forward(ops, embedded);
        using Tensor second = dpt.Layers[1].Forward(ops, first);
        using Tensor third = dpt.Layers[2].Forward(ops, second);
        using Tensor fourth = dpt.Layers[3].Forward(ops, third);

        AssertClose(golden, "mid.dpt.encoder.layer.0", ops.DownloadAll(first));
        AssertClose(golden, "mid.dpt.encoder.layer.3", ops.DownloadAll(fourth));
        Assert.Equal(file == Hybrid ? 2 : 0, features.Count);
    }

    [Theory]
    [MemberData(nameof(BackendsAndFiles))]
    public void Reassembly_and_fusion_agree_with_transformers(string backendName, string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        // The hybrid's last stage takes the tokens of layer 3, the plain one's third stage those of layer 4: only the first is stored.
        if (file == Hybrid)
        {
            using Tensor tokens = ops.Upload(golden.Values("square.mid.dpt.encoder.layer.3"), new Shape(1, 37, 48));
            using Tensor reassembled = dpt.Neck.ReassembleStage.Forward(ops, 3, tokens, 6, 6);
            AssertClose(golden, "mid.neck.reassemble_stage.layers.3", ops.DownloadChannelsFirst(reassembled));
        }
        using Tensor coarsest = Upload(golden, ops, "mid.neck.reassemble_stage.layers.3");
        using Tensor stage = ops.Conv2d(coarsest, dpt.Neck.Convs[3], Window.Of(1, 1));

        using Tensor fused = dpt.Neck.FusionStageLayers[0].Forward(ops, stage, null, 6, 6);

        AssertClose(golden, "mid.neck.fusion_stage.layers.0", ops.DownloadChannelsFirst(fused));
    }

    [Theory]
    [MemberData(nameof(BackendsAndFiles))]
    public void The_head_agrees_with_transformers(string backendName, string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor fused = Upload(golden, ops, "mid.neck.fusion_stage.layers.3");

        using Tensor depth = dpt.Head.Forward(ops, fused);

        AssertClose(golden, "out.predicted_depth", ops.DownloadAll(depth));
    }

    [Theory]
    [InlineData(Hybrid)]
    [InlineData(Plain)]
    public void Every_tensor_of_a_checkpoint_is_used_or_known_to_be_of_no_use(string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using ReferenceBackend backend = new();

        using DptForDepthEstimation dpt = CheckpointScope.Load(golden.Weights, backend, scope => new DptForDepthEstimation(scope, Config(golden)), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
    }

    [Fact]
    public void The_demo_s_own_depth_network_loads_from_its_half_precision_file()
    {
        using ReferenceBackend backend = new();
        using SafetensorsFile file = SafetensorsFile.Open(Repository.Models("demo/depth_estimator/model.safetensors"));
        DptConfig config = DptConfig.Read(JsonConfig.Open(Repository.Models("demo/depth_estimator/config.json")));

        using DptForDepthEstimation dpt = CheckpointScope.Load(file, backend, scope => new DptForDepthEstimation(scope, config), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
        Assert.Equal(192, dpt.Config.ImageSize);
    }

    [Theory]
    [InlineData(Hybrid)]
    [InlineData(Plain)]
    public void Pictures_of_a_batch_do_not_mix_and_other_square_sizes_are_taken(string file)
    {
        const int Side = 64;
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using ReferenceBackend backend = new();
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        float[] one = FormulaWeights.Uniform("one", Side * Side * 3, 1), two = FormulaWeights.Uniform("two", Side * Side * 3, 1);
        using Tensor both = ops.Upload([.. one, .. two], new Shape(2, Side, Side, 3));
        using Tensor second = ops.Upload(two, new Shape(1, Side, Side, 3));

        using Tensor depths = dpt.Forward(ops, both);
        using Tensor alone = dpt.Forward(ops, second);

        Assert.Equal(new Shape(2, Side, Side, 1), depths.Shape);
        NumericAssert.Close(ops.DownloadAll(alone), ops.DownloadAll(depths).AsSpan(Side * Side), 1e-5, "second picture");
    }

    [Theory]
    [InlineData(Hybrid)]
    [InlineData(Plain)]
    public void An_odd_number_of_patches_comes_out_as_the_next_even_one(string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using ReferenceBackend backend = new();
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor pixels = ops.Upload(FormulaWeights.Uniform("pixels", 48 * 48 * 3, 1), new Shape(1, 48, 48, 3));

        using Tensor depth = dpt.Forward(ops, pixels);

        Assert.Equal(new Shape(1, 64, 64, 1), depth.Shape);
    }

    [Theory]
    [InlineData(Hybrid, 96, 64)]
    [InlineData(Plain, 64, 96)]
    [InlineData(Plain, 90, 90)]
    public void A_picture_that_is_not_square_or_not_of_whole_patches_is_refused_with_its_size(string file, int height, int width)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using ReferenceBackend backend = new();
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor pixels = ops.Upload(new float[height * width * 3], new Shape(1, height, width, 3));

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => dpt.Forward(ops, pixels));

        Assert.Contains($"{width}x{height}", e.Message, StringComparison.Ordinal);
        Assert.Contains("multiples of 16", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Hybrid)]
    [InlineData(Plain)]
    public void All_memory_is_given_back(string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.OpenFastest();
        using DptForDepthEstimation dpt = Load(golden, golden.Weights, backend);
        using IOps inner = backend.OpenSession();

        LeakTest.Run(inner, ops =>
        {
            using Tensor pixels = ops.Upload(new float[32 * 32 * 3], new Shape(1, 32, 32, 3));
            dpt.Forward(ops, pixels).Dispose();
        });
    }

    [Theory]
    [InlineData(Hybrid, "dpt.embeddings.backbone.bit.encoder.stages.1.layers.0.downsample.conv.weight")]
    [InlineData(Hybrid, "dpt.embeddings.cls_token")]
    [InlineData(Plain, "neck.reassemble_stage.layers.0.resize.bias")]
    [InlineData(Plain, "neck.fusion_stage.layers.1.residual_layer1.convolution2.weight")]
    [InlineData(Plain, "head.head.4.bias")]
    public void A_missing_tensor_is_named(string file, string key)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);

        Depth2ImgException e = LoadFails(golden, new AlteredWeights(golden.Weights).Without(key));

        Assert.StartsWith($"{key}: missing in", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Hybrid, "dpt.embeddings.backbone.bit.embedder.convolution.weight", "[16,3,7,7]")]
    [InlineData(Plain, "dpt.embeddings.position_embeddings", "[1,37,48]")]
    [InlineData(Plain, "neck.reassemble_stage.readout_projects.3.0.weight", "[48,96]")]
    public void A_tensor_of_other_sizes_is_named_with_both_sizes(string file, string key, string expected)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);

        Depth2ImgException e = LoadFails(golden, new AlteredWeights(golden.Weights).WithZeros(key, 2, 3));

        Assert.StartsWith($"{key}: {expected} expected, [2,3] found", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_not_finite_is_named()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(Plain);
        const string Key = "dpt.encoder.layer.5.attention.attention.query.weight";

        Depth2ImgException e = LoadFails(golden, new AlteredWeights(golden.Weights).WithValue(Key, 100, float.NaN));

        Assert.StartsWith($"{Key}: holds NaN or infinite values", e.Message, StringComparison.Ordinal);
    }

    private static DptConfig Config(GoldenNetwork golden) => DptConfig.Read(JsonConfig.Parse(golden.Config, golden.Description));

    private static DptForDepthEstimation Load(GoldenNetwork golden, IWeightSource weights, IBackend backend) =>
        new(new CheckpointScope(weights, backend), Config(golden));

    private static Depth2ImgException LoadFails(GoldenNetwork golden, IWeightSource weights)
    {
        using ReferenceBackend backend = new();
        return Assert.Throws<Depth2ImgException>(() => Load(golden, weights, backend));
    }

    private static Tensor Pixels(GoldenNetwork golden, IOps ops) => Upload(golden, ops, "in.pixel_values");

    private static Tensor Upload(GoldenNetwork golden, IOps ops, string name) => golden.Sizes($"square.{name}") is [int n, int c, int h, int w]
        ? ops.UploadChannelsFirst(golden.Values($"square.{name}"), n, c, h, w)
        : throw new ArgumentException(name);

    private static void AssertClose(GoldenNetwork golden, string name, float[] actual)
    {
        float[] expected = golden.Values($"square.{name}");
        NumericAssert.Close(expected, actual, Tolerance * Math.Max(1, expected.Max(Math.Abs)), name);
    }
}
