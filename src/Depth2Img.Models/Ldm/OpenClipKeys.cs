using System.Globalization;

namespace Depth2Img.Models.Ldm;

/// <summary>
/// The text encoder's keys in Stable Diffusion 2's one-file form: OpenCLIP's, with queries, keys and values in one matrix.
/// Stable Diffusion 2 takes the output of the layer before the last, so the last one is left out.
/// </summary>
public static class OpenClipKeys
{
    /// <summary>What OpenCLIP's keys begin with.</summary>
    public const string Prefix = "cond_stage_model.model.";

    private const string Blocks = "transformer.resblocks.";

    private static readonly (string OpenClip, string Name)[] LayerParts =
    [
        ("attn.out_proj.", "self_attn.out_proj."), ("ln_1.", "layer_norm1."), ("ln_2.", "layer_norm2."),
        ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
    ];

    /// <summary>Only used to compare pictures with texts.</summary>
    private static readonly string[] OfNoUse = ["text_projection", "logit_scale", "attn_mask"];

    /// <summary>Layers in the file.</summary>
    /// <param name="names">The file's keys.</param>
    public static int CountLayers(IEnumerable<string> names) => names
        .Where(n => n.StartsWith(Prefix + Blocks, StringComparison.Ordinal))
        .Select(n => LayerOf(n[(Prefix.Length + Blocks.Length)..]) + 1)
        .DefaultIfEmpty(0).Max();

    /// <summary>Maps the text encoder of a file.</summary>
    /// <param name="names">The file's keys.</param>
    /// <param name="layers">How many layers to take.</param>
    /// <param name="unknown">Takes the keys below the prefix that are no part of such an encoder.</param>
    public static LdmKeyMap Map(IEnumerable<string> names, int layers, ICollection<string> unknown)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(unknown);
        LdmKeyMap map = new();
        foreach (string name in names.Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string key = name[Prefix.Length..];
            if (OfNoUse.Contains(key)) continue;
            if (!TryMap(map, name, key, layers)) unknown.Add(name);
        }
        return map;
    }

    private static bool TryMap(LdmKeyMap map, string name, string key, int layers)
    {
        string? known = key switch
        {
            "token_embedding.weight" => "text_model.embeddings.token_embedding.weight",
            "positional_embedding" => "text_model.embeddings.position_embedding.weight",
            "ln_final.weight" => "text_model.final_layer_norm.weight",
            "ln_final.bias" => "text_model.final_layer_norm.bias",
            _ => null,
        };
        if (known is not null)
        {
            map.Add(known, name);
            return true;
        }
        if (!key.StartsWith(Blocks, StringComparison.Ordinal)) return false;
        int layer = LayerOf(key[Blocks.Length..]);
        if (layer < 0) return false;
        if (layer >= layers) return true;
        string rest = key[(key.IndexOf('.', Blocks.Length) + 1)..];
        string path = $"text_model.encoder.layers.{layer}.";
        if (rest is "attn.in_proj_weight" or "attn.in_proj_bias")
        {
            string kind = rest["attn.in_proj_".Length..];
            map.AddRows(name, $"{path}self_attn.q_proj.{kind}", $"{path}self_attn.k_proj.{kind}", $"{path}self_attn.v_proj.{kind}");
            return true;
        }
        foreach ((string openClip, string part) in LayerParts)
        {
            if (!rest.StartsWith(openClip, StringComparison.Ordinal)) continue;
            map.Add(path + part + rest[openClip.Length..], name);
            return true;
        }
        return false;
    }

    private static int LayerOf(string rest)
    {
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && int.TryParse(rest[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : -1;
    }
}
