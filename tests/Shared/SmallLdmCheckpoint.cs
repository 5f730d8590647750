using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Ldm;

namespace Depth2Img.TestSupport;

/// <summary>
/// Stable Diffusion 2's depth model in its one-file form with every tensor of the original and small sizes, weights by the
/// formula: what the file's tensors are, to write, alter and hold against the same model as a folder.
/// </summary>
internal static class SmallLdmCheckpoint
{
    /// <summary>The networks: name in the reference lists, component, and the file's prefix.</summary>
    public static readonly (string List, string Component)[] Networks = [("unet", "unet"), ("vae", "vae"), ("text", "text_encoder"), ("depth", "depth_estimator")];

    private static readonly ShapesOnly Original = ShapesOnly.FromJson(Repository.Golden("ldm/sd2-depth-ldm-shapes.json"));

    /// <summary>The keys of one network.</summary>
    public static LdmKeyMap Keys(string list) => list switch
    {
        "unet" => LdmUnetKeys.Map(Original.Names, LdmUnetKeys.Prefix, []),
        "vae" => LdmVaeKeys.Map(Original.Names, LdmVaeKeys.Prefixes[0], []),
        "text" => OpenClipKeys.Map(Original.Names, 23, []),
        _ => MidasKeys.Map(Original.Names, MidasKeys.Prefix, []),
    };

    /// <summary>One network under diffusers' keys.</summary>
    public static FormulaWeights Diffusers(string list) => new($"small {list}", Keys(list).Keys.ToDictionary(k => k.Key, k => Shrink(list, DiffusersShape(k.Value))));

    /// <summary>All tensors under the file's keys, in the file's order of networks; what the file has beyond the networks is left out.</summary>
    public static List<WeightTensor> Tensors(Func<string, IWeightSource> network)
    {
        List<WeightTensor> tensors = [];
        foreach ((string list, _) in Networks)
        {
            IWeightSource source = network(list);
            foreach (IGrouping<string, KeyValuePair<string, LdmKey>> parts in Keys(list).Keys.GroupBy(k => k.Value.Name)) tensors.Add(ToLdm(parts, source));
        }
        return tensors;
    }

    /// <summary>The same, small.</summary>
    public static List<WeightTensor> Tensors() => Tensors(Diffusers);

    /// <summary>One tensor of the file: parts one below the other, matrices of the autoencoder as 1x1 convolutions.</summary>
    public static WeightTensor ToLdm(IEnumerable<KeyValuePair<string, LdmKey>> parts, IWeightSource source)
    {
        WeightTensor[] rows = [.. parts.OrderBy(p => p.Value.Part).Select(p => source[p.Key])];
        LdmKey key = parts.First().Value;
        int[] dimensions = rows[0].Dimensions.ToArray();
        dimensions[0] *= rows.Length;
        if (key.IsMatrix && dimensions.Length == 2) dimensions = [.. dimensions, 1, 1];
        return new WeightTensor(key.Name, rows[0].Type, dimensions, rows.Length == 1 ? rows[0].Data : (byte[])[.. rows.SelectMany(r => r.Data.ToArray())]);
    }

    private static int[] DiffusersShape(LdmKey key)
    {
        int[] shape = Original[key.Name].Dimensions.ToArray();
        shape[0] /= key.Parts;
        return key.IsMatrix && shape is [_, _, 1, 1] ? shape[..2] : shape;
    }

    private static int[] Shrink(string list, int[] shape) => [.. shape.Select(size => list switch
    {
        "unet" => size % 320 == 0 ? size / 10 : size == 1024 ? 64 : size,
        "vae" => size % 128 == 0 ? size / 4 : size,
        "text" => size is 77 or 49408 ? size : size / 16,
        _ => size % 768 == 0 ? size / 12 : size == 577 ? 17 : size >= 64 ? size / 2 : size,
    })];
}
