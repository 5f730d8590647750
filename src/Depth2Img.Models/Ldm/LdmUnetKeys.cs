using System.Globalization;

namespace Depth2Img.Models.Ldm;

/// <summary>
/// The UNet's keys. The file numbers its layers through (`input_blocks.7.1`), with a down- or upsampler as the last of
/// each resolution; diffusers has blocks, and lists of resnets, attentions and samplers in them.
/// </summary>
public static class LdmUnetKeys
{
    /// <summary>What the UNet's keys begin with.</summary>
    public const string Prefix = "model.diffusion_model.";

    private const string Inputs = "input_blocks.", Outputs = "output_blocks.";

    /// <summary>Maps the UNet of a file.</summary>
    /// <param name="names">The file's keys.</param>
    /// <param name="prefix">What the UNet's keys begin with.</param>
    /// <param name="unknown">Takes the keys below the prefix that are no part of such a UNet.</param>
    public static LdmKeyMap Map(IEnumerable<string> names, string prefix, ICollection<string> unknown)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(unknown);
        LdmKeyMap map = new();
        string[] keys = [.. names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Select(n => n[prefix.Length..])];
        int layersPerBlock = LayersPerBlock(keys);
        foreach (string key in keys)
        {
            if (Translate(key, layersPerBlock) is { } name) map.Add(name, prefix + key);
            else unknown.Add(prefix + key);
        }
        return map;
    }

    /// <summary>Resnets of a resolution on the way down: the first downsampler ends the first of them.</summary>
    internal static int LayersPerBlock(IEnumerable<string> keys)
    {
        int lastInput = 0, firstSampler = int.MaxValue;
        foreach (string key in keys)
        {
            if (!key.StartsWith(Inputs, StringComparison.Ordinal)) continue;
            string[] segments = key.Split('.');
            if (segments.Length < 4 || !TryIndex(segments[1], out int index)) continue;
            lastInput = Math.Max(lastInput, index);
            if (segments[3] == "op") firstSampler = Math.Min(firstSampler, index);
        }
        return Math.Max(1, (firstSampler == int.MaxValue ? lastInput + 1 : firstSampler) - 1);
    }

    /// <summary>Diffusers' key of one of the file's, or null if no such UNet has it.</summary>
    /// <param name="key">The key, without the prefix.</param>
    /// <param name="layersPerBlock">Resnets of a resolution on the way down.</param>
    internal static string? Translate(string key, int layersPerBlock)
    {
        string[] s = key.Split('.');
        string Rest(int from) => string.Join('.', s[from..]);
        if (key.StartsWith("time_embed.0.", StringComparison.Ordinal)) return "time_embedding.linear_1." + Rest(2);
        if (key.StartsWith("time_embed.2.", StringComparison.Ordinal)) return "time_embedding.linear_2." + Rest(2);
        if (key.StartsWith("out.0.", StringComparison.Ordinal)) return "conv_norm_out." + Rest(2);
        if (key.StartsWith("out.2.", StringComparison.Ordinal)) return "conv_out." + Rest(2);
        if (key.StartsWith(Inputs + "0.0.", StringComparison.Ordinal)) return "conv_in." + Rest(3);
        if (s[0] == "middle_block" && s.Length > 3)
        {
            return s[1] switch
            {
                "0" => Resnet("mid_block.resnets.0.", Rest(2)),
                "1" => "mid_block.attentions.0." + Rest(2),
                "2" => Resnet("mid_block.resnets.1.", Rest(2)),
                _ => null,
            };
        }
        if (s.Length < 5 || !TryIndex(s[1], out int index)) return null;
        if (key.StartsWith(Inputs, StringComparison.Ordinal))
        {
            (int block, int layer) = Math.DivRem(index - 1, layersPerBlock + 1);
            if (s[3] == "op") return $"down_blocks.{block}.downsamplers.0.conv.{Rest(4)}";
            return s[2] switch
            {
                "0" => Resnet($"down_blocks.{block}.resnets.{layer}.", Rest(3)),
                "1" => $"down_blocks.{block}.attentions.{layer}.{Rest(3)}",
                _ => null,
            };
        }
        if (key.StartsWith(Outputs, StringComparison.Ordinal))
        {
            (int block, int layer) = Math.DivRem(index, layersPerBlock + 1);
            // The upsampler comes last: second where nothing attends, else third.
            if (s[3] == "conv" && s[2] != "0") return $"up_blocks.{block}.upsamplers.0.conv.{Rest(4)}";
            return s[2] switch
            {
                "0" => Resnet($"up_blocks.{block}.resnets.{layer}.", Rest(3)),
                "1" => $"up_blocks.{block}.attentions.{layer}.{Rest(3)}",
                _ => null,
            };
        }
        return null;
    }

    private static string? Resnet(string path, string rest)
    {
        foreach ((string ldm, string name) in ResnetParts)
        {
            if (rest.StartsWith(ldm, StringComparison.Ordinal)) return path + name + rest[ldm.Length..];
        }
        return null;
    }

    private static readonly (string Ldm, string Name)[] ResnetParts =
    [
        ("in_layers.0.", "norm1."), ("in_layers.2.", "conv1."), ("emb_layers.1.", "time_emb_proj."),
        ("out_layers.0.", "norm2."), ("out_layers.3.", "conv2."), ("skip_connection.", "conv_shortcut."),
    ];

    private static bool TryIndex(string text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
