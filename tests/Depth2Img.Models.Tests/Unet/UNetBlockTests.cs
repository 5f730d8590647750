using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Unet;

/// <summary>Settings that no published reference values cover.</summary>
public class UNetBlockTests
{
    private const int Channels = 8, ContextChannels = 6;

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void With_only_cross_attention_pixels_do_not_see_each_other(bool onlyCross, bool othersChange)
    {
        using ReferenceBackend backend = new();
        using IOps ops = backend.OpenSession();
        string flag = onlyCross ? "true" : "false";
        UNet2DConditionConfig config = Config($$"""{"block_out_channels": [8], "layers_per_block": 1, "norm_num_groups": 4, "attention_head_dim": 2, "cross_attention_dim": 6, "down_block_types": ["CrossAttnDownBlock2D"], "up_block_types": ["CrossAttnUpBlock2D"], "only_cross_attention": {{flag}}}""");
        CheckpointScope scope = new(BlockWeights(onlyCross ? ContextChannels : Channels), backend);
        using WeightSet weights = scope.Weights;
        BasicTransformerBlock block = new(scope, config, level: 0);
        using Tensor prompt = ops.Upload(FormulaWeights.Uniform("prompt", 3 * ContextChannels, 1), new Shape(1, 3, ContextChannels));
        using UNetContext context = new(ops, prompt, block.CrossAttentions);
        using Tensor time = ops.Upload(new float[1], new Shape(1, 1));
        UNetPass pass = new(ops, time, context, null);

        float[] pixels = FormulaWeights.Uniform("pixels", 4 * Channels, 1);
        float[] before = Run(pixels);
        pixels[2] += 1;
        float[] after = Run(pixels);

        Assert.NotEqual(before[..Channels], after[..Channels]);
        Assert.Equal(othersChange, !before.AsSpan(Channels).SequenceEqual(after.AsSpan(Channels)));

        float[] Run(float[] values)
        {
            using Tensor x = ops.Upload(values, new Shape(1, 4, Channels));
            using Tensor output = block.Forward(pass, x);
            return ops.DownloadAll(output);
        }
    }

    [Theory]
    [InlineData(1, new float[] { 0, 2, 8, 10 })]
    [InlineData(0, new float[] { 5, 7, 13, 15 })]
    public void The_halving_window_starts_before_or_at_the_first_pixel(int padding, float[] expected)
    {
        using ReferenceBackend backend = new();
        using IOps ops = backend.OpenSession();
        float[] middleOnly = [0, 0, 0, 0, 1, 0, 0, 0, 0];
        AlteredWeights source = new AlteredWeights(new FormulaWeights("filters", new() { ["conv.weight"] = [1, 1, 3, 3], ["conv.bias"] = [1] }))
            .With(WeightTensor.FromFloats("conv.weight", [1, 1, 3, 3], middleOnly)).WithZeros("conv.bias", 1);
        CheckpointScope scope = new(source, backend);
        using WeightSet weights = scope.Weights;
        using Tensor x = ops.Upload([.. Enumerable.Range(0, 16).Select(i => (float)i)], new Shape(1, 4, 4, 1));

        using Tensor half = new Downsample2D(scope, 1, padding).Forward(ops, x);

        Assert.Equal(new Shape(1, 2, 2, 1), half.Shape);
        Assert.Equal(expected, ops.DownloadAll(half));
    }

    private static UNet2DConditionConfig Config(string json) => UNet2DConditionConfig.Read(JsonConfig.Parse(json, "config.json"));

    private static FormulaWeights BlockWeights(int firstContextChannels)
    {
        Dictionary<string, int[]> shapes = new() { ["ff.net.0.proj.weight"] = [8 * Channels, Channels], ["ff.net.0.proj.bias"] = [8 * Channels] };
        shapes["ff.net.2.weight"] = [Channels, 4 * Channels];
        shapes["ff.net.2.bias"] = [Channels];
        for (int i = 1; i <= 3; i++) shapes[$"norm{i}.weight"] = shapes[$"norm{i}.bias"] = [Channels];
        foreach (var (attention, width) in (IEnumerable<(string, int)>)[("attn1", firstContextChannels), ("attn2", ContextChannels)])
        {
            shapes[$"{attention}.to_q.weight"] = shapes[$"{attention}.to_out.0.weight"] = [Channels, Channels];
            shapes[$"{attention}.to_k.weight"] = shapes[$"{attention}.to_v.weight"] = [Channels, width];
            shapes[$"{attention}.to_out.0.bias"] = [Channels];
        }
        return new FormulaWeights("block", shapes);
    }
}
