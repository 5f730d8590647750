using Depth2Img.Models.Ldm;

namespace Depth2Img.Models.ControlNet;

/// <summary>
/// The keys of a ControlNet as its authors' own files have them (ControlNet's cldm.py, on latent-diffusion's UNet), by
/// diffusers' keys: the UNet's own, and those of the hint and of what is added to the UNet.
/// </summary>
/// <param name="config">The sizes. All levels have as many layers, as in every published UNet of the family.</param>
internal sealed class ControlNetLdmKeys(ControlNetConfig config)
{
    /// <summary>Parts of the UNet of which a ControlNet is a copy.</summary>
    private static readonly string[] Shared = ["time_embed.", "input_blocks.", "middle_block."];

    private readonly (string Diffusers, string Ldm)[] _prefixes =
    [
        .. Hint(config.ConditioningEmbeddingOutChannels.Count),
        .. Enumerable.Range(0, config.Unet.LayersPerBlock.Sum() + config.Unet.BlockCount).Select(i => ($"controlnet_down_blocks.{i}.", $"zero_convs.{i}.0.")),
        ("controlnet_mid_block.", "middle_block_out.0."),
    ];

    /// <summary>Diffusers' key of one of the authors', or null if there is none.</summary>
    public string? ToDiffusers(string ldmKey)
    {
        foreach ((string diffusers, string ldm) in _prefixes)
        {
            if (ldmKey.StartsWith(ldm, StringComparison.Ordinal)) return diffusers + ldmKey[ldm.Length..];
        }
        // A ControlNet has no way up.
        return Shared.Any(part => ldmKey.StartsWith(part, StringComparison.Ordinal)) ? LdmUnetKeys.Translate(ldmKey, config.Unet.LayersPerBlock[0]) : null;
    }

    /// <summary>The hint's convolutions, between which the authors' list has the activations.</summary>
    private static IEnumerable<(string Diffusers, string Ldm)> Hint(int levels)
    {
        int blocks = 2 * (levels - 1);
        yield return ("controlnet_cond_embedding.conv_in.", "input_hint_block.0.");
        for (int i = 0; i < blocks; i++) yield return ($"controlnet_cond_embedding.blocks.{i}.", $"input_hint_block.{2 * (i + 1)}.");
        yield return ("controlnet_cond_embedding.conv_out.", $"input_hint_block.{2 * (blocks + 1)}.");
    }
}
