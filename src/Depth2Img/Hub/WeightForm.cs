using System.Globalization;
using System.Text.RegularExpressions;

namespace Depth2Img.Hub;

/// <summary>One of the forms in which a folder holds a network's weights: in one file or in shards, plain or as a variant.</summary>
/// <param name="Format">"safetensors" or "bin".</param>
/// <param name="Variant">"fp16"; null for the plain files.</param>
/// <param name="Names">The names of the files, the shards' index among them.</param>
internal sealed partial record WeightForm(string Format, string? Variant, IReadOnlyList<string> Names)
{
    /// <summary>The form that opens without running Python's pickles.</summary>
    public const string Safetensors = "safetensors";

    private static readonly string?[] PlainFirst = [null, "fp32", "fp16", "bf16"];
    private static readonly string?[] HalfFirst = ["fp16", "bf16", null, "fp32"];

    /// <summary>The best form among a folder's files; null if they hold no whole one.</summary>
    /// <param name="names">The names of the folder's files.</param>
    /// <param name="precision">Which variant is wanted; the nearest there is is taken.</param>
    public static WeightForm? Choose(IEnumerable<string> names, ModelPrecision precision)
    {
        string?[] order = precision == ModelPrecision.Float16 ? HalfFirst : PlainFirst;
        return Find(names)
            .OrderByDescending(form => form.Format == Safetensors)
            .ThenBy(form => Array.IndexOf(order, form.Variant))
            .ThenBy(form => form.Names.Count)
            .FirstOrDefault();
    }

    /// <summary>All whole forms among a folder's files.</summary>
    public static IEnumerable<WeightForm> Find(IEnumerable<string> names)
    {
        List<string> all = [.. names];
        List<(string Name, Match Match)> weights = [.. all.Select(name => (name, WeightName().Match(name))).Where(n => n.Item2.Success)];
        foreach (IGrouping<(string Stem, string Format, string? Variant, string Count), (string Name, Match Match)> group in weights.GroupBy(
            n => (n.Match.Groups["stem"].Value, n.Match.Groups["format"].Value, Text(n.Match, "variant"), n.Match.Groups["count"].Value)))
        {
            string[] files = [.. group.Select(n => n.Name).Order(StringComparer.Ordinal)];
            if (group.Key.Count.Length == 0)
            {
                foreach (string file in files) yield return new WeightForm(group.Key.Format, group.Key.Variant, [file]);
                continue;
            }
            string? index = all.FirstOrDefault(name => IndexName().Match(name) is { Success: true } m
                && m.Groups["stem"].Value == group.Key.Stem && m.Groups["format"].Value == group.Key.Format && Text(m, "variant") == group.Key.Variant);
            if (index is not null && files.Length == int.Parse(group.Key.Count, CultureInfo.InvariantCulture))
                yield return new WeightForm(group.Key.Format, group.Key.Variant, [index, .. files]);
        }
    }

    private static string? Text(Match match, string group) => match.Groups[group] is { Success: true, Value: var value } ? value : null;

    // Variants stand before the shard's number, and in old files after it.
    [GeneratedRegex(@"\A(?<stem>diffusion_pytorch_model|model|pytorch_model)(\.(?<variant>fp16|bf16|fp32))?(-\d{5}-of-(?<count>\d{5}))?(\.(?<variant>fp16|bf16|fp32))?\.(?<format>safetensors|bin)\z")]
    private static partial Regex WeightName();

    [GeneratedRegex(@"\A(?<stem>diffusion_pytorch_model|model|pytorch_model)\.(?<format>safetensors|bin)(\.(?<variant>fp16|bf16|fp32))?\.index(\.(?<variant>fp16|bf16|fp32))?\.json\z")]
    private static partial Regex IndexName();
}
