namespace Depth2Img.Models.Vae;

/// <summary>The configuration of an <see cref="AutoencoderTiny"/>; defaults are those of diffusers' class.</summary>
public sealed record AutoencoderTinyConfig
{
    internal const string ClassName = "AutoencoderTiny";

    /// <summary>Channels of the picture that goes in.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of the picture that comes out.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Channels inside the encoder, at every resolution.</summary>
    public int EncoderChannels { get; init; } = 64;

    /// <summary>Channels inside the decoder, at every resolution.</summary>
    public int DecoderChannels { get; init; } = 64;

    /// <summary>Residual blocks at each resolution of the encoder, finest first; every entry after the first halves the picture.</summary>
    public IReadOnlyList<int> NumEncoderBlocks { get; init; } = [1, 3, 3, 3];

    /// <summary>Residual blocks at each resolution of the decoder, coarsest first; every entry but the last doubles the picture.</summary>
    public IReadOnlyList<int> NumDecoderBlocks { get; init; } = [3, 3, 3, 1];

    /// <summary>Times an encoded latent before diffusion.</summary>
    public float ScalingFactor { get; init; } = 1;

    /// <summary>Subtracted before scaling by later families.</summary>
    public float ShiftFactor { get; init; }

    /// <summary>Reads `vae/config.json`.</summary>
    /// <exception cref="Depth2ImgException">A key has an impossible value, or one that this class does not compute.</exception>
    public static AutoencoderTinyConfig Read(JsonConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.RequireClass([ClassName]);
        json.RequireOnly("act_fn", "relu");
        json.RequireOnly("upsample_fn", "nearest");
        json.RequireOnly("upsampling_scaling_factor", 2);
        AutoencoderTinyConfig defaults = new();
        IReadOnlyList<int> encoderBlocks = json.Integers("num_encoder_blocks", defaults.NumEncoderBlocks, min: 0);
        IReadOnlyList<int> decoderBlocks = json.Integers("num_decoder_blocks", defaults.NumDecoderBlocks, min: 0);
        if (encoderBlocks.Count != decoderBlocks.Count)
            throw json.Error("num_decoder_blocks", $"has {decoderBlocks.Count} entries, and num_encoder_blocks has {encoderBlocks.Count}");
        return new AutoencoderTinyConfig
        {
            InChannels = json.Integer("in_channels", defaults.InChannels),
            OutChannels = json.Integer("out_channels", defaults.OutChannels),
            LatentChannels = json.Integer("latent_channels", defaults.LatentChannels),
            EncoderChannels = ReadChannels(json, "encoder_block_out_channels", defaults.EncoderChannels, encoderBlocks.Count),
            DecoderChannels = ReadChannels(json, "decoder_block_out_channels", defaults.DecoderChannels, decoderBlocks.Count),
            NumEncoderBlocks = encoderBlocks,
            NumDecoderBlocks = decoderBlocks,
            ScalingFactor = LatentScale.Read(json, defaults.ScalingFactor),
            ShiftFactor = (float)(json.OptionalNumber("shift_factor") ?? 0),
        };
    }

    /// <summary>The file has a number for each resolution, but the convolutions between them cannot change it.</summary>
    private static int ReadChannels(JsonConfig json, string key, int fallback, int count)
    {
        IReadOnlyList<int> channels = json.IntegerPerBlock(key, count, fallback);
        return channels.All(c => c == channels[0])
            ? channels[0]
            : throw json.Error(key, $"has {string.Join(", ", channels)}; numbers that are all the same were expected");
    }
}
