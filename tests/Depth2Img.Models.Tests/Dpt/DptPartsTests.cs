using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Dpt;
using Depth2Img.Models.Layers;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Dpt;

/// <summary>What the reference files leave open: other readouts, other sizes, options of the head.</summary>
public sealed class DptPartsTests : IDisposable
{
    private readonly GoldenNetwork _golden = GoldenNetwork.Open("dpt-plain.safetensors");
    private readonly ReferenceBackend _backend = new();

    [Fact]
    public void Standardised_filters_have_mean_0_and_variance_1()
    {
        WeightTensor standardised = WeightStandardizedConv2d.Standardize(WeightTensor.FromFloats("w", [2, 1, 1, 4], [1, 2, 3, 4, -7, -7, -7, 1]));

        float[] values = standardised.ToFloats();
        Assert.Equal([2, 1, 1, 4], standardised.Dimensions.ToArray());
        NumericAssert.Close([-1.3416408f, -0.4472136f, 0.4472136f, 1.3416408f], values.AsSpan(0, 4), 1e-6, "first filter");
        NumericAssert.Close([-0.5773503f, -0.5773503f, -0.5773503f, 1.7320508f], values.AsSpan(4), 1e-6, "second filter");
    }

    [Fact]
    public void A_filter_that_is_all_one_value_becomes_zeros() =>
        Assert.Equal(new float[9], WeightStandardizedConv2d.Standardize(WeightTensor.FromFloats("w", [1, 1, 3, 3], [.. Enumerable.Repeat(0.3f, 9)])).ToFloats(), (a, b) => Math.Abs(a - b) < 1e-3);

    [Fact]
    public void Positions_are_resized_bilinearly_between_pixel_centres_and_the_class_token_s_is_kept()
    {
        // Positions 10 for the class token, then a 2x2 grid of 0 1 / 2 3.
        AlteredWeights weights = new AlteredWeights(_golden.Weights)
            .With(WeightTensor.FromFloats("t.cls_token", [1, 1, 1], [100]))
            .With(WeightTensor.FromFloats("t.position_embeddings", [1, 5, 1], [10, 0, 1, 2, 3]));
        ViTTokens tokens = new(new CheckpointScope(weights, _backend).Child("t"), 1, 2);
        using IOps ops = _backend.OpenSession();
        using Tensor patches = ops.Upload(new float[8], new Shape(1, 2, 4, 1));

        using Tensor output = tokens.Forward(ops, patches);

        Assert.Equal(new Shape(1, 9, 1), output.Shape);
        NumericAssert.Close([110, 0, 0.25f, 0.75f, 1, 2, 2.25f, 2.75f, 3], ops.DownloadAll(output), 1e-6, "tokens");
    }

    [Fact]
    public void The_readout_ignore_drops_the_class_token_and_add_adds_it_to_all_others()
    {
        using IOps ops = _backend.OpenSession();
        float[] values = FormulaWeights.Uniform("feature", 5 * 48, 1);
        float[] added = [.. values.Select((value, i) => value + values[i % 48])];
        using Tensor feature = ops.Upload(values, new Shape(1, 5, 48));
        using Tensor sums = ops.Upload(added, new Shape(1, 5, 48));

        using Tensor expected = Stage(ReadoutType.Ignore).Forward(ops, 1, sums, 2, 2);
        using Tensor actual = Stage(ReadoutType.Add).Forward(ops, 1, feature, 2, 2);
        using Tensor ignored = Stage(ReadoutType.Ignore).Forward(ops, 1, feature, 2, 2);

        Assert.Equal(new Shape(1, 4, 4, 32), actual.Shape);
        NumericAssert.Close(ops.DownloadAll(expected), ops.DownloadAll(actual), 1e-5, "add");
        Assert.NotEqual(ops.DownloadAll(expected), ops.DownloadAll(ignored));
    }

    [Theory]
    [InlineData(false, 64)]
    [InlineData(true, 48)]
    public void Fusion_doubles_at_every_layer_or_follows_the_stages_sizes(bool toNextSize, int side)
    {
        // A grid of 3 makes stages of 12, 6, 3 and 2: doubled four times from the last, or twice the first.
        DptNeck neck = new(new CheckpointScope(_golden.Weights, _backend).Child("neck"), Config().Neck with { FuseToNextSize = toNextSize });
        using IOps ops = _backend.OpenSession();
        using TensorList features = [];
        for (int i = 0; i < 4; i++) features.Add(ops.Upload(FormulaWeights.Uniform($"feature {i}", 10 * 48, 1), new Shape(1, 10, 48)));

        using Tensor fused = neck.Forward(ops, features, 3, 3);

        Assert.Equal(new Shape(1, side / 2, side / 2, 32), fused.Shape);
    }

    [Fact]
    public void A_grid_that_is_not_square_is_reassembled_and_fused()
    {
        DptNeck neck = new(new CheckpointScope(_golden.Weights, _backend).Child("neck"), Config().Neck with { FuseToNextSize = true });
        using IOps ops = _backend.OpenSession();
        using TensorList features = [];
        for (int i = 0; i < 4; i++) features.Add(ops.Upload(FormulaWeights.Uniform($"feature {i}", 16 * 48, 1), new Shape(1, 16, 48)));

        using Tensor fused = neck.Forward(ops, features, 3, 5);

        Assert.Equal(new Shape(1, 24, 40, 32), fused.Shape);
    }

    [Fact]
    public void A_projection_before_the_head_is_a_convolution_and_a_ReLU()
    {
        float[] identity = new float[32 * 32 * 9];
        for (int c = 0; c < 32; c++) identity[(c * 32 + c) * 9 + 4] = 1;
        AlteredWeights weights = new AlteredWeights(_golden.Weights)
            .With(WeightTensor.FromFloats("head.projection.weight", [32, 32, 3, 3], identity)).WithZeros("head.projection.bias", 32);
        CheckpointScope scope = new CheckpointScope(weights, _backend).Child("head");
        DptDepthEstimationHead plain = new(scope, Config()), projecting = new(scope, Config() with { AddProjection = true });
        using IOps ops = _backend.OpenSession();
        float[] values = FormulaWeights.Uniform("fused", 16 * 32, 1);
        using Tensor fused = ops.Upload(values, new Shape(1, 4, 4, 32));
        using Tensor positive = ops.Upload([.. values.Select(value => Math.Max(value, 0))], new Shape(1, 4, 4, 32));

        using Tensor expected = plain.Forward(ops, positive);
        using Tensor actual = projecting.Forward(ops, fused);

        NumericAssert.Close(ops.DownloadAll(expected), ops.DownloadAll(actual), 1e-6, "depth");
    }

    [Fact]
    public void Without_biases_of_queries_keys_and_values_none_are_read()
    {
        AlteredWeights weights = new(_golden.Weights);
        foreach (string name in _golden.Weights.Names)
        {
            if (name.Contains(".attention.attention.", StringComparison.Ordinal) && name.EndsWith(".bias", StringComparison.Ordinal)) weights.Without(name);
        }

        using DptForDepthEstimation dpt = CheckpointScope.Load(weights, _backend, scope => new DptForDepthEstimation(scope, Config() with { QkvBias = false }), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
    }

    [Fact]
    public void Several_sessions_may_run_one_network_at_a_time()
    {
        using IBackend backend = TestBackends.OpenFastest();
        using DptForDepthEstimation dpt = new(new CheckpointScope(_golden.Weights, backend), Config());
        float[] alone = Run(0);

        float[][] together = new float[4][];
        Parallel.For(0, together.Length, i => together[i] = Run(i % 2));

        Assert.Equal(alone, together[0]);
        Assert.Equal(alone, together[2]);
        Assert.Equal(together[1], together[3]);
        Assert.NotEqual(alone, together[1]);

        float[] Run(int seed)
        {
            using IOps ops = backend.OpenSession();
            using Tensor pixels = ops.Upload(FormulaWeights.Uniform($"pixels {seed}", 32 * 32 * 3, 1), new Shape(1, 32, 32, 3));
            using Tensor depth = dpt.Forward(ops, pixels);
            return ops.DownloadAll(depth);
        }
    }

    public void Dispose()
    {
        _golden.Dispose();
        _backend.Dispose();
    }

    private DptConfig Config() => DptConfig.Read(JsonConfig.Parse(_golden.Config, _golden.Description));

    private DptReassembleStage Stage(ReadoutType readout) =>
        new(new CheckpointScope(_golden.Weights, _backend).Child("neck.reassemble_stage"), Config().Neck with { ReadoutType = readout });
}
