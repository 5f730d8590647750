using System.Globalization;

namespace Depth2Img.Adapters;

/// <summary>
/// The names that the original code of Stable Diffusion (latent-diffusion, <c>openaimodel.py</c>) gives a UNet's modules:
/// one list of blocks on the way in and one on the way out, where diffusers has blocks of several parts.
/// </summary>
internal static class LdmUnetNames
{
    private static readonly (string Diffusers, string Ldm)[] Roots =
    [
        ("conv_in", "input_blocks.0.0"),
        ("time_embedding.linear_1", "time_embed.0"),
        ("time_embedding.linear_2", "time_embed.2"),
        ("mid_block.resnets.0", "middle_block.0"),
        ("mid_block.attentions.0", "middle_block.1"),
        ("mid_block.resnets.1", "middle_block.2"),
        ("conv_norm_out", "out.0"),
        ("conv_out", "out.2"),
    ];

    private static readonly (string Diffusers, string Ldm)[] ResnetParts =
    [
        ("norm1", "in_layers.0"),
        ("conv1", "in_layers.2"),
        ("time_emb_proj", "emb_layers.1"),
        ("norm2", "out_layers.0"),
        ("conv2", "out_layers.3"),
        ("conv_shortcut", "skip_connection"),
    ];

    /// <summary>The original names of a UNet's modules.</summary>
    /// <param name="modules">All of its modules, under diffusers' names.</param>
    /// <returns>By diffusers' names; modules of other kinds of UNet are left out.</returns>
    public static Dictionary<string, string> Of(IReadOnlyCollection<string> modules)
    {
        List<(string Diffusers, string Ldm)> roots = [.. Roots];
        HashSet<string> prefixes = [.. modules.SelectMany(Prefixes)];
        AddBlocks("down_blocks", "input_blocks", first: 1, prefixes, roots);
        AddBlocks("up_blocks", "output_blocks", first: 0, prefixes, roots);
        Dictionary<string, string> byDiffusers = roots.ToDictionary(r => r.Diffusers, r => r.Ldm, StringComparer.Ordinal);
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach (string module in modules)
        {
            foreach (string root in Prefixes(module))
            {
                if (!byDiffusers.TryGetValue(root, out string? ldm)) continue;
                names[module] = ldm + Rest(root, module[root.Length..]);
                break;
            }
        }
        return names;
    }

    /// <summary>Numbers the parts of diffusers' blocks through, as the original list does.</summary>
    private static void AddBlocks(string blocks, string list, int first, HashSet<string> prefixes, List<(string Diffusers, string Ldm)> roots)
    {
        int next = first;
        for (int block = 0; prefixes.Contains(Part(blocks, block)); block++)
        {
            string path = Part(blocks, block);
            bool attends = prefixes.Contains(path + ".attentions.0");
            for (int layer = 0; prefixes.Contains(Part(path + ".resnets", layer)); layer++)
            {
                roots.Add((Part(path + ".resnets", layer), $"{Part(list, next)}.0"));
                roots.Add((Part(path + ".attentions", layer), $"{Part(list, next)}.1"));
                next++;
            }
            // The way in has an entry of its own for halving; doubling shares the entry of the last layer.
            if (prefixes.Contains(path + ".downsamplers.0")) roots.Add((path + ".downsamplers.0.conv", $"{Part(list, next++)}.0.op"));
            if (prefixes.Contains(path + ".upsamplers.0")) roots.Add((path + ".upsamplers.0.conv", $"{Part(list, next - 1)}.{(attends ? 2 : 1)}.conv"));
        }
    }

    private static string Part(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}.{index}");

    /// <summary>Inside an attention the names are the same; inside a residual block they are not.</summary>
    private static string Rest(string root, string rest)
    {
        if (!root.Contains(".resnets.", StringComparison.Ordinal)) return rest;
        foreach ((string diffusers, string ldm) in ResnetParts)
        {
            if (rest == "." + diffusers) return "." + ldm;
        }
        return rest;
    }

    /// <summary>A module's name and those of all that it lies in, from the longest.</summary>
    private static IEnumerable<string> Prefixes(string module)
    {
        for (int end = module.Length; end > 0; end = module.LastIndexOf('.', end - 1)) yield return module[..end];
    }
}
