namespace Depth2Img.Adapters;

/// <summary>A tensor's key in an adapter's file, taken apart.</summary>
/// <param name="Network">The network that it is for.</param>
/// <param name="Module">The module in the network's own words, with dots or underscores between its segments.</param>
/// <param name="Factor">What the tensor is for the module.</param>
internal readonly record struct AdapterKey(AdapterNetwork Network, string Module, AdapterFactor Factor)
{
    /// <summary>Ends of keys, of which none is the end of another that means something else.</summary>
    private static readonly (string Ending, AdapterFactor Factor)[] Endings =
    [
        (".lora_down.weight", AdapterFactor.Down),
        (".lora_up.weight", AdapterFactor.Up),
        (".lora_mid.weight", AdapterFactor.Mid),
        (".lora_A.weight", AdapterFactor.Down),
        (".lora_B.weight", AdapterFactor.Up),
        (".lora_A.default.weight", AdapterFactor.Down),
        (".lora_B.default.weight", AdapterFactor.Up),
        (".lora_linear_layer.down.weight", AdapterFactor.Down),
        (".lora_linear_layer.up.weight", AdapterFactor.Up),
        (".lora.down.weight", AdapterFactor.Down),
        (".lora.up.weight", AdapterFactor.Up),
        ("_lora.down.weight", AdapterFactor.Down),
        ("_lora.up.weight", AdapterFactor.Up),
        (".hada_w1_a", AdapterFactor.HadaW1A),
        (".hada_w1_b", AdapterFactor.HadaW1B),
        (".hada_w2_a", AdapterFactor.HadaW2A),
        (".hada_w2_b", AdapterFactor.HadaW2B),
        (".hada_t1", AdapterFactor.HadaT1),
        (".hada_t2", AdapterFactor.HadaT2),
        (".lokr_w1", AdapterFactor.LokrW1),
        (".lokr_w1_a", AdapterFactor.LokrW1A),
        (".lokr_w1_b", AdapterFactor.LokrW1B),
        (".lokr_w2", AdapterFactor.LokrW2),
        (".lokr_w2_a", AdapterFactor.LokrW2A),
        (".lokr_w2_b", AdapterFactor.LokrW2B),
        (".lokr_t2", AdapterFactor.LokrT2),
        (".alpha", AdapterFactor.Alpha),
    ];

    /// <summary>Starts of keys; the first that fits counts.</summary>
    private static readonly (string Start, AdapterNetwork Network)[] Starts =
    [
        ("lora_unet_", AdapterNetwork.UNet),
        ("lora_te_", AdapterNetwork.TextEncoder),
        ("unet.base_model.model.", AdapterNetwork.UNet),
        ("unet.", AdapterNetwork.UNet),
        ("text_encoder.base_model.model.", AdapterNetwork.TextEncoder),
        ("text_encoder.", AdapterNetwork.TextEncoder),
        ("base_model.model.", AdapterNetwork.Either),
    ];

    /// <summary>The first form of diffusers named a text encoder's projections as it names a UNet's.</summary>
    private static readonly (string Written, string Meant)[] OldTextProjections =
    [
        (".self_attn.to_q", ".self_attn.q_proj"),
        (".self_attn.to_k", ".self_attn.k_proj"),
        (".self_attn.to_v", ".self_attn.v_proj"),
        (".self_attn.to_out", ".self_attn.out_proj"),
    ];

    /// <summary>Takes a key apart.</summary>
    /// <returns>False if its end says of no factor that is known.</returns>
    public static bool TryParse(string key, out AdapterKey parsed)
    {
        foreach ((string ending, AdapterFactor factor) in Endings)
        {
            if (!key.EndsWith(ending, StringComparison.Ordinal)) continue;
            string module = key[..^ending.Length];
            AdapterNetwork network = AdapterNetwork.Either;
            foreach ((string start, AdapterNetwork named) in Starts)
            {
                if (!module.StartsWith(start, StringComparison.Ordinal)) continue;
                network = named;
                module = module[start.Length..];
                break;
            }
            if (ending[0] == '_') module = FromProcessor(module);
            parsed = new AdapterKey(network, module, factor);
            return module.Length > 0;
        }
        parsed = default;
        return false;
    }

    /// <summary>The module that "attn1.processor.to_out" of the first form of diffusers means: "attn1.to_out.0".</summary>
    private static string FromProcessor(string module)
    {
        foreach ((string written, string meant) in OldTextProjections)
        {
            if (module.EndsWith(written, StringComparison.Ordinal)) return module[..^written.Length] + meant;
        }
        module = module.Replace(".processor.", ".", StringComparison.Ordinal);
        return module.EndsWith(".to_out", StringComparison.Ordinal) ? module + ".0" : module;
    }
}
