namespace Depth2Img.Adapters;

/// <summary>Tells by their keys the kinds of adapters, and the families of models, that are refused by name.</summary>
internal static class UnsupportedAdapter
{
    private static readonly (string Part, string Kind)[] Kinds =
    [
        ("dora_scale", "a DoRA"),
        ("lora_magnitude_vector", "a DoRA"),
        (".oft_", "an OFT adapter"),
        (".on_input", "an IA3 adapter"),
        (".ia3_", "an IA3 adapter"),
        (".a1.weight", "a GLoRA"),
        (".b1.weight", "a GLoRA"),
    ];

    private static readonly (string Ending, string Kind)[] KindsByEnding =
    [
        (".diff", "an adapter of full differences"),
        (".diff_b", "an adapter of full differences"),
        (".w_norm", "an adapter with normalisation weights"),
        (".b_norm", "an adapter with normalisation weights"),
        (".lora_A.bias", "a LoRA with biases"),
        (".lora_B.bias", "a LoRA with biases"),
    ];

    private static readonly (string Start, string Family)[] Families =
    [
        ("lora_te1_", "Stable Diffusion XL"),
        ("lora_te2_", "Stable Diffusion XL"),
        ("text_encoder_2.", "Stable Diffusion XL"),
        ("transformer.", "a transformer model such as Stable Diffusion 3 or Flux"),
        ("lora_transformer_", "a transformer model such as Stable Diffusion 3 or Flux"),
        ("diffusion_model.", "a transformer model such as Flux"),
        ("lora_unet_double_blocks_", "Flux"),
        ("lora_unet_single_blocks_", "Flux"),
        ("lora_unet_joint_blocks_", "Stable Diffusion 3"),
        ("lora_te3_", "Stable Diffusion 3"),
        ("lora_prior_", "Stable Cascade"),
    ];

    /// <summary>The kind that a key is of, or null for those that are read.</summary>
    public static string? KindOf(string key)
    {
        foreach ((string part, string kind) in Kinds)
        {
            if (key.Contains(part, StringComparison.Ordinal)) return kind;
        }
        foreach ((string ending, string kind) in KindsByEnding)
        {
            if (key.EndsWith(ending, StringComparison.Ordinal)) return kind;
        }
        return null;
    }

    /// <summary>The family of models that a key belongs to, or null if it does not tell.</summary>
    public static string? FamilyOf(string key)
    {
        foreach ((string start, string family) in Families)
        {
            if (key.StartsWith(start, StringComparison.Ordinal)) return family;
        }
        return null;
    }
}
