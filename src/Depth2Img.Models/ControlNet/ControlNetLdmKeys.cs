using Depth2Img.Models.Unet;

namespace Depth2Img.Models.ControlNet;

/// <summary>
/// The keys of a ControlNet as its authors' own files have them (ControlNet's cldm.py, on latent-diffusion's UNet), by
/// diffusers' keys. Both name the same modules in the same order; only residual blocks differ inside, too.
/// </summary>
internal sealed class ControlNetLdmKeys
{
    private static readonly (string Diffusers, string Ldm)[] InsideResnets =
    [
        ("norm1.", "in_layers.0."), ("conv1.", "in_layers.2."), ("time_emb_proj.", "emb_layers.1."),
        ("norm2.", "out_layers.0."), ("conv2.", "out_layers.3."), ("conv_shortcut.", "skip_connection."),
    ];

    private readonly List<(string Diffusers, string Ldm)> _prefixes =
    [
        ("time_embedding.linear_1.", "time_embed.0."), ("time_embedding.linear_2.", "time_embed.2."),
        ("conv_in.", "input_blocks.0.0."), ("controlnet_mid_block.", "middle_block_out.0."), ("mid_block.attentions.0.", "middle_block.1."),
    ];

    /// <summary>Makes the keys for a network of these sizes.</summary>
    public ControlNetLdmKeys(ControlNetConfig config)
    {
        AddHint(config.ConditioningEmbeddingOutChannels.Count);
        AddResnet("mid_block.resnets.0.", "middle_block.0.");
        AddResnet("mid_block.resnets.1.", "middle_block.2.");
        int input = 1;
        for (int level = 0; level < config.Unet.BlockCount; level++) input = AddLevel(config.Unet, level, input);
        for (int i = 0; i < input; i++) _prefixes.Add(($"controlnet_down_blocks.{i}.", $"zero_convs.{i}.0."));
    }

    /// <summary>Diffusers' key of one of the authors', or null if there is none.</summary>
    public string? ToDiffusers(string ldmKey)
    {
        foreach ((string diffusers, string ldm) in _prefixes)
        {
            if (ldmKey.StartsWith(ldm, StringComparison.Ordinal)) return diffusers + ldmKey[ldm.Length..];
        }
        return null;
    }

    /// <summary>The hint's convolutions, between which the authors' list has the activations.</summary>
    private void AddHint(int levels)
    {
        int blocks = 2 * (levels - 1);
        _prefixes.Add(("controlnet_cond_embedding.conv_in.", "input_hint_block.0."));
        for (int i = 0; i < blocks; i++) _prefixes.Add(($"controlnet_cond_embedding.blocks.{i}.", $"input_hint_block.{2 * (i + 1)}."));
        _prefixes.Add(("controlnet_cond_embedding.conv_out.", $"input_hint_block.{2 * (blocks + 1)}."));
    }

    /// <summary>One level of the down path, whose layers the authors count on from level to level.</summary>
    /// <returns>The number of the next layer.</returns>
    private int AddLevel(UNet2DConditionConfig unet, int level, int input)
    {
        for (int layer = 0; layer < unet.LayersPerBlock[level]; layer++, input++)
        {
            AddResnet($"down_blocks.{level}.resnets.{layer}.", $"input_blocks.{input}.0.");
            _prefixes.Add(($"down_blocks.{level}.attentions.{layer}.", $"input_blocks.{input}.1."));
        }
        if (level == unet.BlockCount - 1) return input;
        _prefixes.Add(($"down_blocks.{level}.downsamplers.0.conv.", $"input_blocks.{input}.0.op."));
        return input + 1;
    }

    private void AddResnet(string diffusers, string ldm)
    {
        foreach ((string inside, string insideLdm) in InsideResnets) _prefixes.Add((diffusers + inside, ldm + insideLdm));
    }
}
