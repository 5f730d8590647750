using System.Text.Json;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.ControlNet;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.ControlNet;

/// <summary>A ControlNet in its authors' own form.</summary>
public class ControlNetLdmTests
{
    private const string ModelPrefix = "model.diffusion_model.", ControlPrefix = "control_model.";

    [Fact]
    public void The_copied_part_has_the_UNet_s_own_keys()
    {
        ControlNetLdmKeys keys = new(Sd(1024));
        string[] copied = ["unet/conv_in.", "unet/time_embedding.", "unet/down_blocks.", "unet/mid_block."];
        Dictionary<string, string> map = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(Repository.Golden("ldm/diffusers-to-ldm-keys.json")))!;
        KeyValuePair<string, string>[] expected = [.. map.Where(pair => copied.Any(prefix => pair.Key.StartsWith(prefix, StringComparison.Ordinal)))];

        Assert.True(expected.Length > 250, $"{expected.Length} keys of a UNet's down path and middle");
        Assert.All(expected, pair => Assert.Equal(pair.Key["unet/".Length..], keys.ToDiffusers(pair.Value[ModelPrefix.Length..])));
    }

    [Theory]
    [InlineData("input_hint_block.0.weight", "controlnet_cond_embedding.conv_in.weight")]
    [InlineData("input_hint_block.2.bias", "controlnet_cond_embedding.blocks.0.bias")]
    [InlineData("input_hint_block.12.bias", "controlnet_cond_embedding.blocks.5.bias")]
    [InlineData("input_hint_block.14.weight", "controlnet_cond_embedding.conv_out.weight")]
    [InlineData("zero_convs.0.0.weight", "controlnet_down_blocks.0.weight")]
    [InlineData("zero_convs.11.0.bias", "controlnet_down_blocks.11.bias")]
    [InlineData("middle_block_out.0.weight", "controlnet_mid_block.weight")]
    [InlineData("zero_convs.12.0.bias", null)]
    [InlineData("output_blocks.0.0.in_layers.0.weight", null)]
    public void What_a_ControlNet_adds_to_a_UNet_has_its_keys(string ldm, string? diffusers) =>
        Assert.Equal(diffusers, new ControlNetLdmKeys(Sd(768)).ToDiffusers(ldm));

    [Theory]
    [InlineData(768, ControlPrefix)]
    [InlineData(1024, ControlPrefix)]
    [InlineData(1024, "")]
    public void Sizes_are_found_in_the_shapes(int width, string prefix)
    {
        ControlNetConfig expected = Small(Sd(width));
        using ControlNetLdmWeights weights = new(new RenamedWeights(Shapes(expected), name => prefix + name));

        ControlNetConfig found = weights.Config;

        Assert.Equal(expected.ConditioningEmbeddingOutChannels, found.ConditioningEmbeddingOutChannels);
        Assert.Equal(expected.Unet.BlockOutChannels, found.Unet.BlockOutChannels);
        Assert.Equal(expected.Unet.LayersPerBlock, found.Unet.LayersPerBlock);
        Assert.Equal(expected.Unet.DownBlockAttends, found.Unet.DownBlockAttends);
        Assert.Equal(width == 768 ? [8, 8, 8, 8] : [1, 2, 4, 4], found.Unet.AttentionHeads);
        Assert.Equal((width, 4, 256), (found.Unet.CrossAttentionDim, found.Unet.InChannels, found.Unet.TimeEmbeddingDim));
    }

    [Fact]
    public void A_network_is_built_of_a_file_whose_keys_are_all_known()
    {
        ControlNetConfig config = Small(Sd(768));
        using ControlNetLdmWeights weights = new(new RenamedWeights(Shapes(config), name => ControlPrefix + name));
        using ReferenceBackend backend = new();

        using ControlNetModel network = CheckpointScope.Load(weights, backend, scope => new ControlNetModel(scope, weights.Config), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
    }

    [Fact]
    public void Another_family_is_named()
    {
        AlteredWeights xl = Shapes(Small(Sd(768))).WithZeros("label_emb.0.0.weight", 1, 1);
        Assert.Contains("Stable Diffusion XL", Assert.Throws<Depth2ImgException>(() => new ControlNetLdmWeights(xl)).Message, StringComparison.Ordinal);
        AlteredWeights unknown = Shapes(Small(Sd(512)));
        Assert.Contains("512", Assert.Throws<Depth2ImgException>(() => new ControlNetLdmWeights(unknown)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_is_missing_is_named()
    {
        AlteredWeights cut = Shapes(Small(Sd(768))).Without("input_blocks.4.0.out_layers.3.bias");
        Assert.Contains("input_blocks.4.0.out_layers.3.bias", Assert.Throws<Depth2ImgException>(() => new ControlNetLdmWeights(cut)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controlnet_cond_embedding.conv_in.weight", "config.json")]
    [InlineData("lora_unet_down.lora_down.weight", "LoRA")]
    [InlineData("adapter.body.0.weight", "T2I-Adapter")]
    [InlineData("model.diffusion_model.x", "input_hint_block")]
    public void A_file_without_a_ControlNet_is_named_for_what_it_is(string key, string expected)
    {
        ListedWeights weights = new("x.safetensors", [WeightTensor.FromFloats(key, [1], [0])]);
        string message = Assert.Throws<Depth2ImgException>(() => new ControlNetLdmWeights(weights)).Message;
        Assert.Contains("x.safetensors", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    /// <summary>The sizes of the published networks.</summary>
    private static ControlNetConfig Sd(int width)
    {
        string heads = width == 768 ? "8" : "[5,10,20,20]";
        return ControlNetConfig.Read(JsonConfig.Parse($$"""{"cross_attention_dim":{{width}},"attention_head_dim":{{heads}}}""", "config.json"));
    }

    /// <summary>Fewer channels, in the same arrangement.</summary>
    private static ControlNetConfig Small(ControlNetConfig config) => config with
    {
        ConditioningEmbeddingOutChannels = [4, 8, 12, 16],
        Unet = config.Unet with { BlockOutChannels = [64, 128, 256, 256], TimeEmbeddingDim = 256 },
    };

    /// <summary>A file of the authors' keys with tensors of the right sizes, zeros all.</summary>
    private static AlteredWeights Shapes(ControlNetConfig config)
    {
        AlteredWeights file = new(new ListedWeights("a ControlNet", []));
        int[] c = [.. config.Unet.BlockOutChannels], hint = [.. config.ConditioningEmbeddingOutChannels];
        int time = config.Unet.TimeEmbeddingDim;
        Layer("time_embed.0", [time, c[0]]);
        Layer("time_embed.2", [time, time]);
        Layer("input_blocks.0.0", [c[0], 4, 3, 3]);
        int[] inputs = [3, hint[0], hint[0], hint[1], hint[1], hint[2], hint[2], hint[3]], outputs = [.. inputs[1..], c[0]];
        for (int i = 0; i < inputs.Length; i++) Layer($"input_hint_block.{2 * i}", [outputs[i], inputs[i], 3, 3]);
        int input = 1;
        Layer("zero_convs.0.0", [c[0], c[0], 1, 1]);
        for (int level = 0; level < c.Length; level++)
        {
            for (int layer = 0; layer < config.Unet.LayersPerBlock[level]; layer++, input++)
            {
                Resnet($"input_blocks.{input}.0", layer == 0 && level > 0 ? c[level - 1] : c[level], c[level]);
                if (config.Unet.DownBlockAttends[level]) Transformer($"input_blocks.{input}.1", c[level]);
                Layer($"zero_convs.{input}.0", [c[level], c[level], 1, 1]);
            }
            if (level == c.Length - 1) break;
            Layer($"input_blocks.{input}.0.op", [c[level], c[level], 3, 3]);
            Layer($"zero_convs.{input++}.0", [c[level], c[level], 1, 1]);
        }
        Resnet("middle_block.0", c[^1], c[^1]);
        Transformer("middle_block.1", c[^1]);
        Resnet("middle_block.2", c[^1], c[^1]);
        Layer("middle_block_out.0", [c[^1], c[^1], 1, 1]);
        return file;

        void Layer(string name, int[] sizes, bool bias = true)
        {
            file.WithZeros($"{name}.weight", sizes);
            if (bias) file.WithZeros($"{name}.bias", sizes[0]);
        }

        void Resnet(string name, int from, int to)
        {
            Layer($"{name}.in_layers.0", [from]);
            Layer($"{name}.in_layers.2", [to, from, 3, 3]);
            Layer($"{name}.emb_layers.1", [to, time]);
            Layer($"{name}.out_layers.0", [to]);
            Layer($"{name}.out_layers.3", [to, to, 3, 3]);
            if (from != to) Layer($"{name}.skip_connection", [to, from, 1, 1]);
        }

        void Transformer(string name, int channels)
        {
            int width = config.Unet.CrossAttentionDim;
            Layer($"{name}.norm", [channels]);
            Layer($"{name}.proj_in", [channels, channels, 1, 1]);
            Layer($"{name}.proj_out", [channels, channels, 1, 1]);
            string block = $"{name}.transformer_blocks.0";
            foreach (int i in (int[])[1, 2, 3]) Layer($"{block}.norm{i}", [channels]);
            foreach (int i in (int[])[1, 2])
            {
                Layer($"{block}.attn{i}.to_q", [channels, channels], bias: false);
                Layer($"{block}.attn{i}.to_k", [channels, i == 1 ? channels : width], bias: false);
                Layer($"{block}.attn{i}.to_v", [channels, i == 1 ? channels : width], bias: false);
                Layer($"{block}.attn{i}.to_out.0", [channels, channels]);
            }
            Layer($"{block}.ff.net.0.proj", [8 * channels, channels]);
            Layer($"{block}.ff.net.2", [channels, 4 * channels]);
        }
    }
}
