using System.Globalization;
using System.Text.Json.Nodes;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.Ldm;

/// <summary>
/// Configurations under diffusers' and transformers' names for the networks of a one-file checkpoint, which has none:
/// sizes are read off the tensors; what tensors do not show is as in Stable Diffusion 1 and 2, told apart by the width
/// of the text encoder.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="settings">What the .yaml beside it says.</param>
public sealed class LdmConfigs(IWeightSource file, LdmSettings settings)
{
    /// <summary>The text encoder's width in Stable Diffusion 1, whose attentions all have eight heads.</summary>
    private const int Sd1TextWidth = 768;

    private const int Sd1Heads = 8, HeadChannels = 64, PatchSize = 16, BitStages = 3;

    /// <summary>The width of the text that the UNet attends to, or null if nothing attends to text.</summary>
    public int? ContextWidth(LdmKeyMap unet) =>
        unet.Keys.Where(k => k.Key.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal)).Select(k => (int?)Shape(k.Value.Name)[1]).FirstOrDefault();

    /// <summary>The UNet's configuration.</summary>
    /// <param name="unet">Its keys.</param>
    /// <param name="sampleSize">Its latents' side.</param>
    /// <exception cref="Depth2ImgException">A tensor that tells a size is missing.</exception>
    public JsonObject Unet(LdmKeyMap unet, int sampleSize)
    {
        int blocks = Count(unet, "down_blocks.");
        int[] channels = [.. Enumerable.Range(0, blocks).Select(b => ShapeOf(unet, $"down_blocks.{b}.resnets.0.conv1.weight")[0])];
        int width = ContextWidth(unet) ?? throw Missing("an attention to the text (attn2)");
        bool[] downAttends = [.. Enumerable.Range(0, blocks).Select(b => unet.Keys.ContainsKey($"down_blocks.{b}.attentions.0.norm.weight"))];
        bool[] upAttends = [.. Enumerable.Range(0, blocks).Select(b => unet.Keys.ContainsKey($"up_blocks.{b}.attentions.0.norm.weight"))];
        return new JsonObject
        {
            ["_class_name"] = "UNet2DConditionModel",
            ["sample_size"] = sampleSize,
            ["in_channels"] = ShapeOf(unet, "conv_in.weight")[1],
            ["out_channels"] = ShapeOf(unet, "conv_out.weight")[0],
            ["down_block_types"] = Texts(downAttends.Select(a => a ? "CrossAttnDownBlock2D" : "DownBlock2D")),
            ["up_block_types"] = Texts(upAttends.Select(a => a ? "CrossAttnUpBlock2D" : "UpBlock2D")),
            ["block_out_channels"] = Numbers(channels),
            ["layers_per_block"] = Count(unet, "down_blocks.0.resnets."),
            ["cross_attention_dim"] = width,
            // Despite its name, the number of heads.
            ["attention_head_dim"] = Numbers(channels.Select(c => Heads(c, width))),
            ["use_linear_projection"] = unet.Keys.TryGetValue("mid_block.attentions.0.proj_in.weight", out LdmKey projection) && Shape(projection.Name).Length == 2,
            ["norm_num_groups"] = 32,
        };
    }

    /// <summary>The autoencoder's configuration.</summary>
    /// <param name="vae">Its keys.</param>
    /// <exception cref="Depth2ImgException">A tensor that tells a size is missing.</exception>
    public JsonObject Vae(LdmKeyMap vae)
    {
        int blocks = Count(vae, "encoder.down_blocks.");
        return new JsonObject
        {
            ["_class_name"] = "AutoencoderKL",
            ["in_channels"] = ShapeOf(vae, "encoder.conv_in.weight")[1],
            ["out_channels"] = ShapeOf(vae, "decoder.conv_out.weight")[0],
            ["latent_channels"] = ShapeOf(vae, "decoder.conv_in.weight")[1],
            ["block_out_channels"] = Numbers(Enumerable.Range(0, blocks).Select(b => ShapeOf(vae, $"encoder.down_blocks.{b}.resnets.0.conv1.weight")[0])),
            ["down_block_types"] = Texts(Enumerable.Repeat("DownEncoderBlock2D", blocks)),
            ["up_block_types"] = Texts(Enumerable.Repeat("UpDecoderBlock2D", blocks)),
            ["layers_per_block"] = Count(vae, "encoder.down_blocks.0.resnets."),
            ["norm_num_groups"] = 32,
            ["scaling_factor"] = settings.ScaleFactor ?? 0.18215,
        };
    }

    /// <summary>The text encoder's configuration.</summary>
    /// <param name="text">Its keys.</param>
    /// <param name="isOpenClip">Whether it is OpenCLIP's (Stable Diffusion 2), not OpenAI's (1).</param>
    /// <exception cref="Depth2ImgException">A tensor that tells a size is missing.</exception>
    public JsonObject Text(LdmKeyMap text, bool isOpenClip)
    {
        int[] table = ShapeOf(text, "text_model.embeddings.token_embedding.weight");
        return new JsonObject
        {
            ["architectures"] = Texts(["CLIPTextModel"]),
            ["model_type"] = "clip_text_model",
            ["vocab_size"] = table[0],
            ["hidden_size"] = table[1],
            ["intermediate_size"] = ShapeOf(text, "text_model.encoder.layers.0.mlp.fc1.weight")[0],
            ["num_hidden_layers"] = Count(text, "text_model.encoder.layers."),
            ["num_attention_heads"] = Math.Max(1, table[1] / HeadChannels),
            ["max_position_embeddings"] = ShapeOf(text, "text_model.embeddings.position_embedding.weight")[0],
            ["hidden_act"] = isOpenClip ? "gelu" : "quick_gelu",
            ["layer_norm_eps"] = 1e-5,
        };
    }

    /// <summary>The depth network's configuration: DPT with the BiT backbone (hybrid) or without.</summary>
    /// <param name="depth">Its keys.</param>
    /// <exception cref="Depth2ImgException">A tensor that tells a size is missing.</exception>
    public JsonObject Depth(LdmKeyMap depth)
    {
        const string backbone = "dpt.embeddings.backbone.bit.";
        bool isHybrid = depth.Keys.ContainsKey(backbone + "embedder.convolution.weight");
        int[] positions = ShapeOf(depth, "dpt.embeddings.position_embeddings");
        int hidden = positions[^1];
        int grid = (int)Math.Round(Math.Sqrt(positions[^2] - 1));
        int layers = Count(depth, "dpt.encoder.layer.");
        int[] neck = [.. Enumerable.Range(0, 4).Select(i => ShapeOf(depth, $"neck.convs.{i}.weight")[1])];
        JsonObject config = new()
        {
            ["architectures"] = Texts(["DPTForDepthEstimation"]),
            ["model_type"] = "dpt",
            ["is_hybrid"] = isHybrid,
            ["hidden_size"] = hidden,
            ["num_hidden_layers"] = layers,
            ["num_attention_heads"] = Math.Max(1, hidden / HeadChannels),
            ["intermediate_size"] = ShapeOf(depth, "dpt.encoder.layer.0.intermediate.dense.weight")[0],
            ["hidden_act"] = "gelu",
            ["layer_norm_eps"] = 1e-12,
            ["image_size"] = grid * PatchSize,
            ["patch_size"] = PatchSize,
            ["num_channels"] = 3,
            ["qkv_bias"] = true,
            ["readout_type"] = "project",
            ["neck_hidden_sizes"] = Numbers(neck),
            ["fusion_hidden_size"] = ShapeOf(depth, "neck.convs.0.weight")[0],
            ["use_batch_norm_in_fusion_residual"] = false,
            ["add_projection"] = false,
        };
        // MiDaS taps the hybrid's last encoder layer and the one two thirds on, and the large network's quarters.
        config["backbone_out_indices"] = isHybrid ? Numbers([0, 1, layers * 3 / 4 - 1, layers - 1]) : LargeTaps(layers);
        config["reassemble_factors"] = isHybrid ? new JsonArray(1, 1, 1, 0.5) : new JsonArray(4, 2, 1, 0.5);
        if (!isHybrid) return config;
        config["neck_ignore_stages"] = Numbers([0, 1]);
        int[] stageWidths = [.. Enumerable.Range(0, BitStages).Select(s => ShapeOf(depth, $"{backbone}encoder.stages.{s}.layers.0.conv3.weight")[0])];
        config["backbone_featmap_shape"] = Numbers([1, stageWidths[^1], grid, grid]);
        config["backbone_config"] = new JsonObject
        {
            ["model_type"] = "bit",
            ["num_channels"] = 3,
            ["embedding_size"] = ShapeOf(depth, backbone + "embedder.convolution.weight")[0],
            // The reference lists a fourth stage that is never built.
            ["hidden_sizes"] = Numbers([.. stageWidths, 2 * stageWidths[^1]]),
            ["depths"] = Numbers(Enumerable.Range(0, BitStages).Select(s => Count(depth, $"{backbone}encoder.stages.{s}.layers."))),
            ["layer_type"] = "bottleneck",
            ["hidden_act"] = "relu",
            ["global_padding"] = "SAME",
            ["num_groups"] = 32,
            ["embedding_dynamic_padding"] = true,
            ["output_stride"] = 32,
            ["width_factor"] = 1,
            ["stage_names"] = Texts(["stem", "stage1", "stage2", "stage3"]),
            ["out_features"] = Texts(["stage1", "stage2", "stage3"]),
            ["out_indices"] = Numbers([1, 2, 3]),
        };
        return config;
    }

    private static JsonArray LargeTaps(int layers) => layers == 24 ? Numbers([5, 11, 17, 23]) : Numbers([2, 5, 8, layers - 1]);

    private int Heads(int channels, int contextWidth)
    {
        if (settings.Heads is int heads) return heads;
        if (settings.HeadChannels is int perHead) return Math.Max(1, channels / perHead);
        return contextWidth == Sd1TextWidth ? Sd1Heads : Math.Max(1, channels / HeadChannels);
    }

    /// <summary>How many list elements there are: one more than the highest index below the path.</summary>
    private static int Count(LdmKeyMap map, string path)
    {
        int count = 0;
        foreach (string name in map.Keys.Keys)
        {
            if (!name.StartsWith(path, StringComparison.Ordinal)) continue;
            int end = name.IndexOf('.', path.Length);
            if (end > 0 && int.TryParse(name.AsSpan(path.Length, end - path.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index)) count = Math.Max(count, index + 1);
        }
        return count;
    }

    private int[] ShapeOf(LdmKeyMap map, string name) => map.Keys.TryGetValue(name, out LdmKey key) ? Shape(key.Name) : throw Missing(name);

    private int[] Shape(string key)
    {
        ReadOnlySpan<int> dimensions = file[key].Dimensions;
        return dimensions.Length >= 1 ? dimensions.ToArray() : throw new Depth2ImgException($"{key}: a matrix or vector expected, a single number found in '{file.Description}'.");
    }

    private Depth2ImgException Missing(string what) => new($"'{file.Description}' is no whole checkpoint: {what} is missing.");

    private static JsonArray Numbers(IEnumerable<int> values) => [.. values.Select(v => (JsonNode)v)];

    private static JsonArray Texts(IEnumerable<string> values) => [.. values.Select(v => (JsonNode)v)];
}
