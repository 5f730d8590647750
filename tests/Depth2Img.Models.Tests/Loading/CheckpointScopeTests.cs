using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Loading;

/// <summary>What a damaged or foreign checkpoint does to a network's loading.</summary>
public sealed class CheckpointScopeTests : IDisposable
{
    private const string Deep = "up_blocks.2.attentions.1.transformer_blocks.0.attn2.to_k.weight";

    private readonly GoldenNetwork _golden = GoldenNetwork.Open("unet-linear.safetensors");

    [Theory]
    [InlineData("conv_in.bias")]
    [InlineData("mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.weight")]
    [InlineData(Deep)]
    public void A_missing_tensor_is_named_with_its_file(string name) =>
        AssertRefused($"{name}: missing in '{_golden.Description}'.", new AlteredWeights(_golden.Weights).Without(name));

    [Fact]
    public void A_misshapen_tensor_is_named_with_both_shapes()
    {
        AssertRefused($"{Deep}: [32,40] expected, [32,41] found in '{_golden.Description}'.", new AlteredWeights(_golden.Weights).WithZeros(Deep, 32, 41));
        AssertRefused($"conv_in.weight: [16,5,3,3] expected, [16,4,3,3] found in '{_golden.Description}'.",
            new AlteredWeights(_golden.Weights).WithZeros("conv_in.weight", 16, 4, 3, 3));
        AssertRefused($"down_blocks.1.attentions.0.proj_in.weight: [32,32,1,1] expected, [32,33,1,1] found in '{_golden.Description}'.",
            new AlteredWeights(_golden.Weights).WithZeros("down_blocks.1.attentions.0.proj_in.weight", 32, 33, 1, 1));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_no_number_is_refused_with_its_tensor_s_name(float value) =>
        AssertRefused($"{Deep}: holds NaN or infinite values in '{_golden.Description}'; the file is damaged or badly converted.",
            new AlteredWeights(_golden.Weights).WithValue(Deep, 1279, value));

    [Fact]
    public void A_tensor_of_integers_is_refused_by_name() =>
        AssertRefused($"{Deep}: a floating-point tensor expected, Int64 found in '{_golden.Description}'.",
            new AlteredWeights(_golden.Weights).WithType(Deep, ElementType.Int64));

    [Fact]
    public void Weights_made_before_a_failure_are_given_back()
    {
        using CountingBackend backend = new();

        Assert.Throws<Depth2ImgException>(() => Load(new AlteredWeights(_golden.Weights).Without("conv_out.bias"), backend, out _));

        Assert.True(backend.Created > 100);
        Assert.Equal(backend.Created, backend.Disposed);
    }

    [Fact]
    public void Disposing_a_network_gives_its_weights_back()
    {
        using CountingBackend backend = new();

        Load(_golden.Weights, backend, out _).Dispose();

        Assert.Equal(backend.Created, backend.Disposed);
    }

    [Fact]
    public void Tensors_that_nobody_asked_for_are_listed_in_order()
    {
        using ReferenceBackend backend = new();
        AlteredWeights weights = new AlteredWeights(_golden.Weights).WithZeros("lora_down.weight", 4).WithZeros("class_embedding.linear_1.weight", 4, 4);

        using UNet2DConditionModel unet = Load(weights, backend, out IReadOnlyList<string> unused);

        Assert.Equal(["class_embedding.linear_1.weight", "lora_down.weight"], unused);
    }

    [Fact]
    public void Ignoring_a_key_covers_what_is_below_it_and_not_what_merely_starts_alike()
    {
        using ReferenceBackend backend = new();
        CheckpointScope scope = new(_golden.Weights, backend);

        scope.Child("conv_in").Ignore("weight");
        scope.Ignore("conv");

        Assert.DoesNotContain("conv_in.weight", scope.UnusedKeys);
        Assert.Contains("conv_in.bias", scope.UnusedKeys);
        Assert.Contains("conv_out.weight", scope.UnusedKeys);
    }

    public void Dispose() => _golden.Dispose();

    private void AssertRefused(string message, IWeightSource weights)
    {
        using ReferenceBackend backend = new();
        Assert.Equal(message, Assert.Throws<Depth2ImgException>(() => Load(weights, backend, out _)).Message);
    }

    private UNet2DConditionModel Load(IWeightSource weights, IBackend backend, out IReadOnlyList<string> unused)
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Parse(_golden.Config, _golden.Description));
        return CheckpointScope.Load(weights, backend, scope => new UNet2DConditionModel(scope, config), out unused);
    }
}
