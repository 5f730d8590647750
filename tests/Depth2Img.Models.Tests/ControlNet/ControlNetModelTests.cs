using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.ControlNet;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.ControlNet;

public class ControlNetModelTests
{
    private const string File = "controlnet.safetensors";
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Backends => TestBackends.All;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Residuals_agree_with_diffusers(string backendName)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.Open(backendName);
        using ControlNetModel network = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();

        using ControlResiduals residuals = Evaluate(golden, network, ops, 1);

        Assert.Equal(golden.NamesUnder("out.down.").Count(), residuals.DownCount);
        for (int i = 0; i < residuals.DownCount; i++)
            NumericAssert.Close(golden.Values($"out.down.{i}"), ops.DownloadChannelsFirst(residuals.Down(i)), Tolerance, $"down {i}");
        NumericAssert.Close(golden.Values("out.mid"), ops.DownloadChannelsFirst(residuals.Mid), Tolerance, "mid");
    }

    [Fact]
    public void The_weight_multiplies_everything_that_is_added()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        using ControlNetModel network = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();

        using ControlResiduals residuals = Evaluate(golden, network, ops, 0.25f);

        NumericAssert.Close([.. golden.Values("out.down.3").Select(v => v / 4)], ops.DownloadChannelsFirst(residuals.Down(3)), Tolerance, "down");
        NumericAssert.Close([.. golden.Values("out.mid").Select(v => v / 4)], ops.DownloadChannelsFirst(residuals.Mid), Tolerance, "mid");
    }

    [Fact]
    public void Every_tensor_of_a_checkpoint_is_used()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        using ControlNetModel network = CheckpointScope.Load(golden.Weights, backend, scope => new ControlNetModel(scope, Config(golden)), out IReadOnlyList<string> unused);
        Assert.Empty(unused);
    }

    [Theory]
    [InlineData("controlnet_cond_embedding.blocks.5.bias")]
    [InlineData("controlnet_down_blocks.7.weight")]
    [InlineData("controlnet_mid_block.bias")]
    [InlineData("mid_block.attentions.0.norm.weight")]
    public void A_missing_tensor_is_named(string key)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => Load(golden, new AlteredWeights(golden.Weights).Without(key), backend));
        Assert.StartsWith($"{key}: missing in", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"_class_name":"FluxControlNetModel"}""", "FluxControlNetModel")]
    [InlineData("""{"_class_name":"ControlNetModel","addition_embed_type":"text_time"}""", "addition_embed_type")]
    [InlineData("""{"controlnet_conditioning_channel_order":"bgr"}""", "bgr")]
    [InlineData("""{"global_pool_conditions":true}""", "global_pool_conditions")]
    [InlineData("""{"conditioning_embedding_out_channels":[16,32]}""", "conditioning_embedding_out_channels")]
    public void What_cannot_be_computed_is_refused_by_its_key(string json, string named) =>
        Assert.Contains(named, Assert.Throws<Depth2ImgException>(() => ControlNetConfig.Read(JsonConfig.Parse(json, "config.json"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_published_config_is_read()
    {
        ControlNetConfig config = ControlNetConfig.Read(JsonConfig.Parse(
            """{"_class_name":"ControlNetModel","attention_head_dim":8,"cross_attention_dim":768,"conditioning_embedding_out_channels":[16,32,96,256],"in_channels":4,"projection_class_embeddings_input_dim":null}""", "config.json"));
        Assert.Equal((768, 4, 3), (config.Unet.CrossAttentionDim, config.Unet.InChannels, config.ConditioningChannels));
        Assert.Equal([320, 640, 1280, 1280], config.Unet.BlockOutChannels);
    }

    [Fact]
    public void All_memory_is_given_back()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.OpenFastest();
        using ControlNetModel network = Load(golden, golden.Weights, backend);
        using IOps inner = backend.OpenSession();
        LeakTest.Run(inner, ops => Evaluate(golden, network, ops, 1).Dispose());
    }

    [Fact]
    public void A_UNet_adds_the_residuals_to_its_skips_and_its_middle()
    {
        using SteeredUNet steered = new();
        float[] plain = steered.Evaluate(null);

        Assert.Equal(plain, steered.Evaluate(0));
        Assert.NotEqual(plain, steered.Evaluate(1));
        Assert.NotEqual(steered.Evaluate(0.5f), steered.Evaluate(1));
    }

    [Fact]
    public void What_goes_down_and_the_middle_do_not_change_and_all_that_goes_up_does()
    {
        using SteeredUNet steered = new();
        Dictionary<string, float[]> plain = steered.Observe(null), controlled = steered.Observe(1);

        Assert.Equal(plain.Keys, controlled.Keys);
        Assert.Contains("mid_block", plain.Keys);
        Assert.All(plain.Keys, path => Assert.Equal(path.StartsWith("up_blocks.", StringComparison.Ordinal), !plain[path].SequenceEqual(controlled[path])));
    }

    [Fact]
    public void A_UNet_that_re_uses_its_deep_feature_adds_what_its_outermost_blocks_take()
    {
        using SteeredUNet steered = new();
        using UNetFeatureCache cache = new(3);

        float[] whole = steered.Evaluate(1, cache), reused = steered.Evaluate(1, cache), unsteered = steered.Evaluate(null, cache);

        NumericAssert.Close(whole, reused, 1e-5, "the same evaluation again");
        Assert.NotEqual(reused, unsteered);
    }

    [Fact]
    public void A_steered_UNet_gives_all_memory_back()
    {
        using SteeredUNet steered = new();
        using IOps inner = steered.Backend.OpenSession();
        LeakTest.Run(inner, ops =>
        {
            using UNetFeatureCache cache = new(1);
            steered.Evaluate(ops, 1, cache);
        });
    }

    private static ControlNetConfig Config(GoldenNetwork golden) => ControlNetConfig.Read(JsonConfig.Parse(golden.Config, golden.Description));

    private static ControlNetModel Load(GoldenNetwork golden, IWeightSource weights, IBackend backend) => new(new CheckpointScope(weights, backend), Config(golden));

    private static ControlResiduals Evaluate(GoldenNetwork golden, ControlNetModel network, IOps ops, float weight)
    {
        using Tensor condition = Upload(golden, ops, "in.condition");
        using Tensor hint = network.EmbedHint(ops, condition);
        using Tensor sample = Upload(golden, ops, "in.sample");
        using Tensor prompt = ops.Upload(golden.Values("in.context"), new Shape(golden.Sizes("in.context")));
        using UNetContext context = network.PrepareContext(ops, prompt);
        return network.Forward(ops, sample, golden.Values("in.timestep")[0], context, hint, weight);
    }

    private static Tensor Upload(GoldenNetwork golden, IOps ops, string name) => golden.Sizes(name) is [int n, int c, int h, int w]
        ? ops.UploadChannelsFirst(golden.Values(name), n, c, h, w)
        : throw new ArgumentException(name);

    /// <summary>A tiny UNet and a ControlNet of its sizes.</summary>
    private sealed class SteeredUNet : IDisposable
    {
        private const int Side = 8, Timestep = 400;
        private readonly ControlNetModel _control;
        private readonly UNet2DConditionModel _unet;
        private IOps? _session;

        public SteeredUNet()
        {
            ControlNetConfig config = ControlNetConfig.Read(JsonConfig.Parse(TinyControlNet.Config.ToJsonString(), "config.json"));
            _control = new ControlNetModel(new CheckpointScope(new ListedWeights("controlnet", TinyControlNet.Weights()), Backend), config);
            UNet2DConditionConfig unet = UNet2DConditionConfig.Read(JsonConfig.Parse(TinyControlNet.UnetConfig.ToJsonString(), "config.json"));
            _unet = new UNet2DConditionModel(new CheckpointScope(new ListedWeights("unet", TinyControlNet.UnetWeights()), Backend), unet);
        }

        public IBackend Backend { get; } = TestBackends.OpenFastest();

        /// <summary>One evaluation.</summary>
        /// <param name="weight">The ControlNet's; null runs none.</param>
        public float[] Evaluate(float? weight)
        {
            using UNetFeatureCache cache = new(1);
            return Evaluate(weight, cache);
        }

        public float[] Evaluate(float? weight, UNetFeatureCache cache)
        {
            _session ??= Backend.OpenSession();
            return Evaluate(_session, weight, cache);
        }

        public float[] Evaluate(IOps ops, float? weight, UNetFeatureCache cache, TensorObserver? observer = null)
        {
            int width = _unet.Config.CrossAttentionDim;
            using Tensor sample = ops.Upload(FormulaWeights.Uniform("sample", 4 * Side * Side, 1), new Shape(1, Side, Side, 4));
            using Tensor prompt = ops.Upload(FormulaWeights.Uniform("prompt", 5 * width, 1), new Shape(1, 5, width));
            using UNetContext context = _unet.PrepareContext(ops, prompt);
            using ControlResiduals? residuals = weight is { } w ? Residuals(ops, sample, prompt, w) : null;
            using Tensor result = _unet.Forward(ops, sample, Timestep, context, cache, observer, residuals);
            return ops.DownloadAll(result);
        }

        /// <summary>What every module makes in one evaluation.</summary>
        public Dictionary<string, float[]> Observe(float? weight)
        {
            Dictionary<string, float[]> seen = [];
            using IOps ops = Backend.OpenSession();
            using UNetFeatureCache cache = new(1);
            Evaluate(ops, weight, cache, (path, output) => seen[path] = ops.DownloadAll(output));
            return seen;
        }

        public void Dispose()
        {
            _session?.Dispose();
            _unet.Dispose();
            _control.Dispose();
            Backend.Dispose();
        }

        private ControlResiduals Residuals(IOps ops, Tensor sample, Tensor prompt, float weight)
        {
            using Tensor condition = ops.Upload(FormulaWeights.Uniform("hint", 3 * 64 * Side * Side, 1), new Shape(1, 8 * Side, 8 * Side, 3));
            using Tensor hint = _control.EmbedHint(ops, condition);
            using UNetContext context = _control.PrepareContext(ops, prompt);
            return _control.Forward(ops, sample, Timestep, context, hint, weight);
        }
    }
}
