namespace Depth2Img.Models.Vae;

/// <summary>The configuration of an <see cref="AutoencoderKL"/>; defaults are those of diffusers' class.</summary>
public sealed record AutoencoderKLConfig
{
    internal const string ClassName = "AutoencoderKL";

    /// <summary>Channels of the picture that goes in.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of the picture that comes out.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Channels at each resolution, finest first; every entry after the first halves the picture.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [64];

    /// <summary>Residual blocks at each resolution of the encoder; the decoder has one more.</summary>
    public int LayersPerBlock { get; init; } = 1;

    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Groups of every group normalisation; divides every entry of <see cref="BlockOutChannels"/>.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>Times an encoded latent before diffusion.</summary>
    public float ScalingFactor { get; init; } = 0.18215f;

    /// <summary>Subtracted before scaling by later families; 0 in a file that has null.</summary>
    public float ShiftFactor { get; init; }

    /// <summary>Whether a 1x1 convolution follows the encoder.</summary>
    public bool UseQuantConv { get; init; } = true;

    /// <summary>Whether a 1x1 convolution precedes the decoder.</summary>
    public bool UsePostQuantConv { get; init; } = true;

    /// <summary>Whether the middle blocks have self-attention.</summary>
    public bool MidBlockAddAttention { get; init; } = true;

    /// <summary>Reads `vae/config.json`.</summary>
    /// <exception cref="Depth2ImgException">A key has an impossible value, or one that this class does not compute.</exception>
    public static AutoencoderKLConfig Read(JsonConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.RequireClass([ClassName]);
        json.RequireOnly("act_fn", "silu");
        json.RequireOnly("latents_mean", null);
        json.RequireOnly("latents_std", null);
        AutoencoderKLConfig defaults = new();
        IReadOnlyList<int> blockOutChannels = json.Integers("block_out_channels", defaults.BlockOutChannels);
        RequireBlocks(json, "down_block_types", "DownEncoderBlock2D", blockOutChannels.Count);
        RequireBlocks(json, "up_block_types", "UpDecoderBlock2D", blockOutChannels.Count);
        int normNumGroups = json.Integer("norm_num_groups", defaults.NormNumGroups);
        foreach (int channels in blockOutChannels)
        {
            if (channels % normNumGroups != 0)
                throw json.Error("block_out_channels", $"has {channels}, which norm_num_groups {normNumGroups} does not divide");
        }
        return new AutoencoderKLConfig
        {
            InChannels = json.Integer("in_channels", defaults.InChannels),
            OutChannels = json.Integer("out_channels", defaults.OutChannels),
            BlockOutChannels = blockOutChannels,
            LayersPerBlock = json.Integer("layers_per_block", defaults.LayersPerBlock),
            LatentChannels = json.Integer("latent_channels", defaults.LatentChannels),
            NormNumGroups = normNumGroups,
            ScalingFactor = LatentScale.Read(json, defaults.ScalingFactor),
            ShiftFactor = (float)(json.OptionalNumber("shift_factor") ?? 0),
            UseQuantConv = json.Boolean("use_quant_conv", defaults.UseQuantConv),
            UsePostQuantConv = json.Boolean("use_post_quant_conv", defaults.UsePostQuantConv),
            MidBlockAddAttention = json.Boolean("mid_block_add_attention", defaults.MidBlockAddAttention),
        };
    }

    private static void RequireBlocks(JsonConfig json, string key, string supported, int count)
    {
        IReadOnlyList<string> types = json.Texts(key, [supported]);
        if (types.Count != count)
            throw json.Error(key, $"has {types.Count} entries, and block_out_channels has {count}");
        foreach (string type in types)
        {
            if (type != supported) throw json.Error(key, $"has \"{type}\", which is not supported; \"{supported}\" is");
        }
    }
}
