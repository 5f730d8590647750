using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Clip;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Clip;

public class ClipTextModelTests
{
    public static TheoryData<string, string> BackendsAndFiles => TestBackends.With("text-gelu.safetensors", "text-quick-gelu.safetensors");

    [Theory]
    [MemberData(nameof(BackendsAndFiles))]
    public void Forward_agrees_with_transformers(string backendName, string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using ClipTextModel model = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        using Tensor output = model.Forward(ops, Ids(golden), 2);

        Assert.Equal(new Shape(2, 77, 64), output.Shape);
        NumericAssert.Close(golden.Values("out.last_hidden_state"), ops.DownloadAll(output), 1e-4, "last_hidden_state");
    }

    [Theory]
    [MemberData(nameof(BackendsAndFiles))]
    public void The_state_before_the_last_layer_agrees_with_transformers(string backendName, string file)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(file);
        using IBackend backend = TestBackends.Open(backendName);
        using ClipTextModel model = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        using Tensor output = model.HiddenState(ops, Ids(golden), 2, model.Config.NumHiddenLayers - 1);

        NumericAssert.Close(golden.Values("out.penultimate"), ops.DownloadAll(output), 1e-4, "penultimate");
    }

    [Fact]
    public void Clip_skip_leaves_out_layers_and_keeps_the_final_normalisation()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using ReferenceBackend backend = new();
        using ClipTextModel model = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        using Tensor skipped = model.Forward(ops, Ids(golden), 2, clipSkip: 1);

        using Tensor penultimate = ops.Upload(golden.Values("out.penultimate"), skipped.Shape);
        using Tensor expected = ops.LayerNorm(penultimate, model.FinalLayerNorm.Weight, model.FinalLayerNorm.Bias, model.Config.LayerNormEps);
        NumericAssert.Close(ops.DownloadAll(expected), ops.DownloadAll(skipped), 1e-4, "normalised penultimate");
    }

    [Fact]
    public void A_prompt_s_encoding_does_not_depend_on_its_neighbours()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using ReferenceBackend backend = new();
        using ClipTextModel model = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        using Tensor second = model.Forward(ops, Ids(golden).AsSpan(77), 1);

        NumericAssert.Close(golden.Values("out.last_hidden_state").AsSpan(77 * 64), ops.DownloadAll(second), 1e-4, "second prompt alone");
    }

    [Fact]
    public void Keys_without_the_leading_text_model_are_read_alike()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using ReferenceBackend backend = new();
        PrefixedWeights bare = new(golden.Weights, "text_model.");
        using ClipTextModel model = CheckpointScope.Load(bare, backend, scope => new ClipTextModel(scope, Config(golden)), out IReadOnlyList<string> unused);
        using IOps ops = backend.OpenSession();

        using Tensor output = model.Forward(ops, Ids(golden), 2);

        Assert.Empty(unused);
        NumericAssert.Close(golden.Values("out.last_hidden_state"), ops.DownloadAll(output), 1e-4, "last_hidden_state");
    }

    [Theory]
    [InlineData("text_model.embeddings.position_ids")]
    [InlineData("logit_scale")]
    [InlineData("vision_model.encoder.layers.0.self_attn.k_proj.weight")]
    public void Tensors_that_text_encoders_come_with_are_known_and_not_reported(string name)
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using ReferenceBackend backend = new();
        AlteredWeights weights = new AlteredWeights(golden.Weights).WithZeros(name);

        using ClipTextModel model = CheckpointScope.Load(weights, backend, scope => new ClipTextModel(scope, Config(golden)), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
    }

    [Fact]
    public void Tensors_that_nobody_asked_for_are_reported()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using ReferenceBackend backend = new();
        const string Extra = "text_model.encoder.layers.3.layer_norm1.bias";
        AlteredWeights weights = new AlteredWeights(golden.Weights).WithZeros(Extra);

        using ClipTextModel model = CheckpointScope.Load(weights, backend, scope => new ClipTextModel(scope, Config(golden)), out IReadOnlyList<string> unused);

        Assert.Equal([Extra], unused);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(-1)]
    public void An_id_outside_the_vocabulary_is_refused(int id)
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using ReferenceBackend backend = new();
        using ClipTextModel model = Load(golden, backend);
        using IOps ops = backend.OpenSession();
        int[] ids = Ids(golden);
        ids[5] = id;

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => model.Forward(ops, ids, 2).Dispose());

        Assert.Contains($"the id {id},", e.Message, StringComparison.Ordinal);
        Assert.Contains("1000 entries", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_number_of_ids_is_the_caller_s_mistake()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using ReferenceBackend backend = new();
        using ClipTextModel model = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        Assert.Throws<ArgumentException>("ids", () => model.Forward(ops, Ids(golden), 1).Dispose());
    }

    [Fact]
    public void Memory_is_given_back_after_an_evaluation_and_after_a_cancelled_one()
    {
        using GoldenNetwork golden = GoldenNetwork.Open("text-gelu.safetensors");
        using CpuBackend backend = new();
        using ClipTextModel model = Load(golden, backend);
        using IOps ops = backend.OpenSession();

        LeakTest.Run(ops, tracked => model.Forward(tracked, Ids(golden), 2).Dispose());
    }

    private static ClipTextConfig Config(GoldenNetwork golden) => ClipTextConfig.Read(JsonConfig.Parse(golden.Config, golden.Description));

    private static ClipTextModel Load(GoldenNetwork golden, IBackend backend)
    {
        ClipTextModel model = CheckpointScope.Load(golden.Weights, backend, scope => new ClipTextModel(scope, Config(golden)), out IReadOnlyList<string> unused);
        Assert.Empty(unused);
        return model;
    }

    private static int[] Ids(GoldenNetwork golden) => [.. golden.Values("in.ids").Select(id => (int)id)];
}
