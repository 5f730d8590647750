namespace Depth2Img.Models.Ldm;

/// <summary>
/// The depth network's keys in MiDaS' own form (timm's names for the backbone), as one-file checkpoints carry them and
/// MiDaS publishes them. Fusion blocks count backwards: `refinenet4` is the first that runs.
/// </summary>
public static class MidasKeys
{
    /// <summary>What the network's keys begin with in a one-file checkpoint.</summary>
    public const string Prefix = "depth_model.model.";

    private const string Vit = "pretrained.model.";

    private static readonly (string Midas, string Name)[] Whole =
    [
        (Vit + "cls_token", "dpt.embeddings.cls_token"),
        (Vit + "pos_embed", "dpt.embeddings.position_embeddings"),
    ];

    private static readonly (string Midas, string Name)[] Beginnings =
    [
        (Vit + "patch_embed.backbone.stem.conv.", "dpt.embeddings.backbone.bit.embedder.convolution."),
        (Vit + "patch_embed.backbone.stem.norm.", "dpt.embeddings.backbone.bit.embedder.norm."),
        (Vit + "norm.", "dpt.layernorm."),
        ("scratch.output_conv.", "head.head."),
    ];

    private static readonly (string Midas, string Name)[] LayerParts =
    [
        ("attn.proj.", "attention.output.dense."), ("mlp.fc1.", "intermediate.dense."), ("mlp.fc2.", "output.dense."),
        ("norm1.", "layernorm_before."), ("norm2.", "layernorm_after."),
    ];

    /// <summary>Maps the depth network of a file.</summary>
    /// <param name="names">The file's keys.</param>
    /// <param name="prefix">What the network's keys begin with; empty in MiDaS' own files.</param>
    /// <param name="unknown">Takes the keys below the prefix that are no part of such a network.</param>
    public static LdmKeyMap Map(IReadOnlyCollection<string> names, string prefix, ICollection<string> unknown)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(unknown);
        bool isHybrid = names.Contains($"{prefix}{Vit}patch_embed.backbone.stem.conv.weight");
        LdmKeyMap map = new();
        foreach (string name in names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string key = name[prefix.Length..];
            // ImageNet's classifier, left over from the backbone's training.
            if (key.StartsWith(Vit + "head.", StringComparison.Ordinal)) continue;
            if (!TryMapAttention(map, name, key))
            {
                if (Translate(key, isHybrid) is { } translated) map.Add(translated, name);
                else unknown.Add(name);
            }
        }
        return map;
    }

    private static bool TryMapAttention(LdmKeyMap map, string name, string key)
    {
        string[] s = key.Split('.');
        if (s is not ["pretrained", "model", "blocks", var layer, "attn", "qkv", var kind]) return false;
        string path = $"dpt.encoder.layer.{layer}.attention.attention.";
        map.AddRows(name, $"{path}query.{kind}", $"{path}key.{kind}", $"{path}value.{kind}");
        return true;
    }

    private static string? Translate(string key, bool isHybrid)
    {
        foreach ((string midas, string name) in Whole)
        {
            if (key == midas) return name;
        }
        foreach ((string midas, string name) in Beginnings)
        {
            if (key.StartsWith(midas, StringComparison.Ordinal)) return name + key[midas.Length..];
        }
        string[] s = key.Split('.');
        string Rest(int from) => string.Join('.', s[from..]);
        switch (s)
        {
            case ["pretrained", "model", "patch_embed", "proj", ..]:
                return (isHybrid ? "dpt.embeddings.projection." : "dpt.embeddings.patch_embeddings.projection.") + Rest(4);
            case ["pretrained", "model", "patch_embed", "backbone", "stages", var stage, "blocks", var block, ..]:
                return $"dpt.embeddings.backbone.bit.encoder.stages.{stage}.layers.{block}.{Rest(8)}";
            case ["pretrained", "model", "blocks", var layer, ..]:
                return Layer($"dpt.encoder.layer.{layer}.", Rest(4));
            case ["pretrained", { Length: 16 } stage, "0", "project", "0", ..] when StageOf(stage) is int i and >= 0:
                return $"neck.reassemble_stage.readout_projects.{i}.0.{Rest(5)}";
            case ["pretrained", { Length: 16 } stage, "3", ..] when StageOf(stage) is int i and >= 0:
                return $"neck.reassemble_stage.layers.{i}.projection.{Rest(3)}";
            case ["pretrained", { Length: 16 } stage, "4", ..] when StageOf(stage) is int i and >= 0:
                return $"neck.reassemble_stage.layers.{i}.resize.{Rest(3)}";
            case ["scratch", ['l', 'a', 'y', 'e', 'r', >= '1' and <= '4' and var number, '_', 'r', 'n'], ..]:
                return $"neck.convs.{number - '1'}.{Rest(2)}";
            case ["scratch", ['r', 'e', 'f', 'i', 'n', 'e', 'n', 'e', 't', >= '1' and <= '4' and var number], var part, ..]:
                return Fusion($"neck.fusion_stage.layers.{'4' - number}.", part, Rest(3));
            default:
                return null;
        }
    }

    private static string? Layer(string path, string rest)
    {
        foreach ((string midas, string name) in LayerParts)
        {
            if (rest.StartsWith(midas, StringComparison.Ordinal)) return path + name + rest[midas.Length..];
        }
        return null;
    }

    private static string? Fusion(string path, string part, string rest) => part switch
    {
        "out_conv" => $"{path}projection.{rest}",
        "resConfUnit1" => $"{path}residual_layer1.{rest.Replace("conv", "convolution", StringComparison.Ordinal)}",
        "resConfUnit2" => $"{path}residual_layer2.{rest.Replace("conv", "convolution", StringComparison.Ordinal)}",
        _ => null,
    };

    /// <summary>"act_postprocess3" is the third of the four stages.</summary>
    private static int StageOf(string segment) => segment.StartsWith("act_postprocess", StringComparison.Ordinal) && segment[^1] is >= '1' and <= '4' ? segment[^1] - '1' : -1;
}
