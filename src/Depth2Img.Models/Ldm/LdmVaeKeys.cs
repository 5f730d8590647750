using System.Globalization;

namespace Depth2Img.Models.Ldm;

/// <summary>The autoencoder's keys. The file counts the decoder's blocks from the picture inwards, diffusers from the latents outwards.</summary>
public static class LdmVaeKeys
{
    /// <summary>What the autoencoder's keys begin with, the most frequent first.</summary>
    public static readonly IReadOnlyList<string> Prefixes = ["first_stage_model.", "vae."];

    private static readonly (string Ldm, string Name)[] AttentionParts =
        [("norm.", "group_norm."), ("q.", "to_q."), ("k.", "to_k."), ("v.", "to_v."), ("proj_out.", "to_out.0.")];

    /// <summary>Maps the autoencoder of a file.</summary>
    /// <param name="names">The file's keys.</param>
    /// <param name="prefix">What the autoencoder's keys begin with.</param>
    /// <param name="unknown">Takes the keys below the prefix that are no part of such an autoencoder.</param>
    public static LdmKeyMap Map(IEnumerable<string> names, string prefix, ICollection<string> unknown)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(unknown);
        LdmKeyMap map = new();
        string[] keys = [.. names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Select(n => n[prefix.Length..])];
        int decoderBlocks = 1 + keys.Where(k => k.StartsWith("decoder.up.", StringComparison.Ordinal)).Select(k => Index(k.Split('.')[2])).DefaultIfEmpty(-1).Max();
        foreach (string key in keys)
        {
            if (Translate(key, decoderBlocks) is { } name) map.Add(name, prefix + key, isMatrix: name.Contains(".attentions.", StringComparison.Ordinal));
            else unknown.Add(prefix + key);
        }
        return map;
    }

    private static string? Translate(string key, int decoderBlocks)
    {
        string[] s = key.Split('.');
        if (s[0] is "quant_conv" or "post_quant_conv") return key;
        if (s[0] is not ("encoder" or "decoder") || s.Length < 3) return null;
        string Rest(int from) => string.Join('.', s[from..]);
        string side = s[0];
        switch (s[1])
        {
            case "conv_in" or "conv_out":
                return key;
            case "norm_out":
                return $"{side}.conv_norm_out.{Rest(2)}";
            case "mid" when s.Length > 4 && s[2] is "block_1" or "block_2":
                return Resnet($"{side}.mid_block.resnets.{(s[2] == "block_1" ? 0 : 1)}.", Rest(3));
            case "mid" when s.Length > 4 && s[2] == "attn_1":
                return Attention($"{side}.mid_block.attentions.0.", Rest(3));
            case "down" or "up" when s.Length > 4 && Index(s[2]) is int index and >= 0:
                string blocks = s[1] == "down" ? $"{side}.down_blocks.{index}" : $"{side}.up_blocks.{decoderBlocks - 1 - index}";
                return s[3] switch
                {
                    "block" when s.Length > 6 => Resnet($"{blocks}.resnets.{s[4]}.", Rest(5)),
                    "downsample" => $"{blocks}.downsamplers.0.{Rest(4)}",
                    "upsample" => $"{blocks}.upsamplers.0.{Rest(4)}",
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static string Resnet(string path, string rest) =>
        path + (rest.StartsWith("nin_shortcut.", StringComparison.Ordinal) ? "conv_shortcut." + rest["nin_shortcut.".Length..] : rest);

    private static string? Attention(string path, string rest)
    {
        foreach ((string ldm, string name) in AttentionParts)
        {
            if (rest.StartsWith(ldm, StringComparison.Ordinal)) return path + name + rest[ldm.Length..];
        }
        return null;
    }

    private static int Index(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1;
}
