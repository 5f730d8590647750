namespace Depth2Img.Models.Unet;

/// <summary>
/// The sizes of a UNet, as diffusers' UNet2DConditionModel names them and with its defaults. Lists run from the
/// outermost (largest) block to the innermost and have one entry a down block; the up path mirrors them.
/// </summary>
public sealed record UNet2DConditionConfig
{
    /// <summary>Down blocks without and with cross-attention.</summary>
    private const string DownBlock = "DownBlock2D", CrossAttnDownBlock = "CrossAttnDownBlock2D";

    /// <summary>Up blocks without and with cross-attention.</summary>
    private const string UpBlock = "UpBlock2D", CrossAttnUpBlock = "CrossAttnUpBlock2D";

    /// <summary>The latents' side that the network was trained at, or null if the file does not say; the larger one if it names two.</summary>
    public int? SampleSize { get; init; }

    /// <summary>Channels in: 4 for latents, 5 with a depth map.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels out.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Channels of each block.</summary>
    public required IReadOnlyList<int> BlockOutChannels { get; init; }

    /// <summary>Residual blocks of each down block; its up block has one more.</summary>
    public required IReadOnlyList<int> LayersPerBlock { get; init; }

    /// <summary>Whether each down block attends.</summary>
    public required IReadOnlyList<bool> DownBlockAttends { get; init; }

    /// <summary>Whether each up block attends, in the up path's own order: from the innermost block.</summary>
    public required IReadOnlyList<bool> UpBlockAttends { get; init; }

    /// <summary>Attention heads of each block; the number divides the block's channels.</summary>
    public required IReadOnlyList<int> AttentionHeads { get; init; }

    /// <summary>Transformer layers at each of a block's attentions.</summary>
    public required IReadOnlyList<int> TransformerLayersPerBlock { get; init; }

    /// <summary>Channels of the prompt's context.</summary>
    public required int CrossAttentionDim { get; init; }

    /// <summary>Whether a block's first attention, too, looks at the context instead of the picture.</summary>
    public required IReadOnlyList<bool> OnlyCrossAttention { get; init; }

    /// <summary>Groups of every group normalisation.</summary>
    public required int NormNumGroups { get; init; }

    /// <summary>Added to the variance by the residual blocks and at the end.</summary>
    public required float NormEps { get; init; }

    /// <summary>The border of the halving convolutions: 1 on all sides, or 0, which means one row below and one column on the right.</summary>
    public required int DownsamplePadding { get; init; }

    /// <summary>Whether the timestep's cosines come before its sines.</summary>
    public required bool FlipSinToCos { get; init; }

    /// <summary>Taken off the number of frequencies when they are spaced.</summary>
    public required double FreqShift { get; init; }

    /// <summary>Channels of the timestep's embedding.</summary>
    public required int TimeEmbeddingDim { get; init; }

    /// <summary>How many blocks there are on each path.</summary>
    public int BlockCount => BlockOutChannels.Count;

    /// <summary>Reads a UNet's configuration.</summary>
    /// <param name="config">The UNet's config.json.</param>
    /// <exception cref="Depth2ImgException">It is of another class, or a value is impossible or not supported.</exception>
    public static UNet2DConditionConfig Read(JsonConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireClass(["UNet2DConditionModel"]);
        UNet2DConditionConfig downPath = ReadDownPath(config);
        return downPath with
        {
            OutChannels = config.Integer("out_channels", 4),
            UpBlockAttends = ReadBlockTypes(config, "up_block_types", downPath.BlockCount, UpBlock, CrossAttnUpBlock,
                [UpBlock, CrossAttnUpBlock, CrossAttnUpBlock, CrossAttnUpBlock]),
        };
    }

    /// <summary>Reads all but the up path, which a ControlNet does not have: it is as if it made latents by the mirrored down path.</summary>
    /// <param name="config">A config.json whose class was looked at.</param>
    /// <exception cref="Depth2ImgException">A value is impossible or not supported.</exception>
    internal static UNet2DConditionConfig ReadDownPath(JsonConfig config)
    {
        RefuseOtherMathematics(config);

        IReadOnlyList<int> channels = config.Integers("block_out_channels", [320, 640, 1280, 1280]);
        int blocks = channels.Count;
        int groups = config.Integer("norm_num_groups", 32);
        foreach (int c in channels)
        {
            if (c % groups != 0)
                throw config.Error("norm_num_groups", $"is {groups}, which does not divide the {c} of block_out_channels");
        }
        int inChannels = config.Integer("in_channels", 4);
        IReadOnlyList<bool> attends = ReadBlockTypes(config, "down_block_types", blocks, DownBlock, CrossAttnDownBlock,
            [CrossAttnDownBlock, CrossAttnDownBlock, CrossAttnDownBlock, DownBlock]);
        return new UNet2DConditionConfig
        {
            SampleSize = config.Has("sample_size") ? config.IntegerPerBlock("sample_size", 2).Max() : null,
            InChannels = inChannels,
            OutChannels = inChannels,
            BlockOutChannels = channels,
            LayersPerBlock = config.IntegerPerBlock("layers_per_block", blocks, 2),
            DownBlockAttends = attends,
            UpBlockAttends = [.. attends.Reverse()],
            AttentionHeads = ReadHeads(config, channels),
            TransformerLayersPerBlock = config.IntegerPerBlock("transformer_layers_per_block", blocks, 1),
            CrossAttentionDim = ReadContextWidth(config, blocks),
            OnlyCrossAttention = config.BooleanPerBlock("only_cross_attention", blocks, false),
            NormNumGroups = groups,
            NormEps = (float)config.Number("norm_eps", 1e-5),
            DownsamplePadding = ReadPadding(config),
            FlipSinToCos = config.Boolean("flip_sin_to_cos", true),
            FreqShift = ReadFreqShift(config, channels[0]),
            TimeEmbeddingDim = config.OptionalInteger("time_embedding_dim") ?? 4 * channels[0],
        };
    }

    /// <summary>
    /// Refuses what the published Stable Diffusion 1 and 2 networks never use. `upcast_attention` and
    /// `use_linear_projection` are not asked for: sums are in single precision anyway, and with channels last a linear
    /// layer and a 1x1 convolution are the same sum, told apart by the weight's sizes alone.
    /// </summary>
    private static void RefuseOtherMathematics(JsonConfig config)
    {
        config.Choice("act_fn", "silu", "silu", "swish");
        config.RequireOnly("center_input_sample", false);
        config.RequireOnly("mid_block_type", "UNetMidBlock2DCrossAttn");
        config.RequireOnly("mid_block_scale_factor", 1);
        config.RequireOnly("reverse_transformer_layers_per_block", null);
        config.RequireOnly("encoder_hid_dim", null);
        config.RequireOnly("encoder_hid_dim_type", null);
        config.RequireOnly("dual_cross_attention", false);
        config.RequireOnly("class_embed_type", null);
        config.RequireOnly("num_class_embeds", null);
        config.RequireOnly("class_embeddings_concat", false);
        config.RequireOnly("addition_embed_type", null);
        config.RequireOnly("resnet_time_scale_shift", "default");
        config.RequireOnly("resnet_skip_time_act", false);
        config.RequireOnly("resnet_out_scale_factor", 1);
        config.RequireOnly("time_embedding_type", "positional");
        config.RequireOnly("time_embedding_act_fn", null);
        config.RequireOnly("timestep_post_act", null);
        config.RequireOnly("time_cond_proj_dim", null);
        config.RequireOnly("conv_in_kernel", 3);
        config.RequireOnly("conv_out_kernel", 3);
        config.RequireOnly("attention_type", "default");
        config.RequireOnly("cross_attention_norm", null);
    }

    private static IReadOnlyList<bool> ReadBlockTypes(
        JsonConfig config, string key, int blocks, string plain, string attending, IReadOnlyList<string> fallback)
    {
        IReadOnlyList<string> types = config.Texts(key, fallback);
        if (types.Count != blocks)
            throw config.Error(key, $"has {types.Count} entries, and block_out_channels has {blocks}");
        foreach (string type in types)
        {
            if (type != plain && type != attending)
                throw config.Error(key, $"names \"{type}\", which is not supported; \"{plain}\" and \"{attending}\" are");
        }
        return [.. types.Select(type => type == attending)];
    }

    /// <summary>
    /// The number of heads. Files say it under `attention_head_dim`, a misnomer that the published checkpoints keep;
    /// `num_attention_heads`, where given, means what it says and goes before.
    /// </summary>
    private static IReadOnlyList<int> ReadHeads(JsonConfig config, IReadOnlyList<int> channels)
    {
        string key = config.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
        IReadOnlyList<int> heads = config.IntegerPerBlock(key, channels.Count, 8);
        for (int i = 0; i < heads.Count; i++)
        {
            if (channels[i] % heads[i] != 0)
                throw config.Error(key, $"gives block {i} {heads[i]} heads, which do not divide its {channels[i]} channels");
        }
        return heads;
    }

    private static int ReadContextWidth(JsonConfig config, int blocks)
    {
        IReadOnlyList<int> widths = config.IntegerPerBlock("cross_attention_dim", blocks, 1280);
        if (widths.Distinct().Count() > 1) throw config.Error("cross_attention_dim", "differs from block to block; one width for all is supported");
        return widths[0];
    }

    private static int ReadPadding(JsonConfig config)
    {
        int padding = config.Integer("downsample_padding", 1, min: 0);
        return padding <= 1 ? padding : throw config.Error("downsample_padding", $"is {padding}, which is not supported; 0 and 1 are");
    }

    private static double ReadFreqShift(JsonConfig config, int channels)
    {
        double shift = config.Number("freq_shift", 0);
        int frequencies = channels / 2;
        return shift < frequencies ? shift : throw config.Error("freq_shift", $"is {shift}; less than the {frequencies} frequencies was expected");
    }
}
