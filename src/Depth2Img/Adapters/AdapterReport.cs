using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Depth2Img.IO;

namespace Depth2Img.Adapters;

/// <summary>What a file of a LoRA, or of its kin, says of itself.</summary>
/// <param name="Name">The file's name without its folder and ending.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="Kinds">How its changes are written ("LoRA", "LoCon", "LoHa", "LoKr"), the most frequent first.</param>
/// <param name="Ranks">The ranks of its factors, in order; empty for Kronecker products without.</param>
/// <param name="Family">The family of models that it is for, as far as its shapes or keys tell; else null.</param>
/// <param name="UNetModules">How many of a UNet's modules it changes.</param>
/// <param name="TextEncoderModules">How many of a text encoder's.</param>
/// <param name="Bytes">The sizes of its files.</param>
/// <param name="Hash">The first ten digits of the SHA-256.</param>
/// <param name="Facts">What its header says: the base model, the training's network, its title and so on.</param>
public sealed record AdapterReport(
    string Name,
    string Path,
    IReadOnlyList<string> Kinds,
    IReadOnlyList<int> Ranks,
    string? Family,
    [property: JsonPropertyName("unetModules")] int UNetModules,
    int TextEncoderModules,
    long Bytes,
    string Hash,
    IReadOnlyDictionary<string, string> Facts)
{
    private const int LongestFact = 200;

    /// <summary>The header's texts that a person wants to see; others are the training's protocol.</summary>
    private static readonly string[] FactNames =
        ["ss_base_model_version", "ss_sd_model_name", "ss_v2", "ss_network_module", "ss_network_dim", "ss_network_alpha", "ss_output_name", "ss_training_comment"];

    /// <summary>Whether a path looks like an adapter's: a PEFT folder, or a file with an adapter's keys.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="report">What it says; null if it is no adapter.</param>
    /// <exception cref="Depth2ImgException">It is one of a kind that is refused, or damaged.</exception>
    public static bool TryRead(string path, out AdapterReport? report)
    {
        report = null;
        if (Directory.Exists(path) ? !AdapterFiles.IsPeftFolder(path) : !File.Exists(path) || !AdapterFile.HasAdapterKeys(path)) return false;
        report = Read(path);
        return true;
    }

    /// <summary>Reads an adapter's headers.</summary>
    /// <param name="path">A file, or a PEFT folder.</param>
    /// <exception cref="Depth2ImgException">It is missing, damaged or no adapter.</exception>
    public static AdapterReport Read(string path)
    {
        IReadOnlyList<(string Path, AdapterNetwork Network)> parts = AdapterFiles.Find(path);
        List<AdapterModule> modules = [];
        SortedDictionary<string, string> facts = new(StringComparer.Ordinal);
        string? family = null;
        foreach ((string part, AdapterNetwork network) in parts)
        {
            using AdapterFile file = AdapterFile.Open(part, network);
            modules.AddRange(file.Modules);
            family ??= file.ForeignFamily ?? (file.TextWidth is long width ? ModelFamily.Describe(width) : null);
            foreach ((string key, string value) in file.Metadata)
            {
                if (FactNames.Contains(key) || key.StartsWith("modelspec.", StringComparison.Ordinal)) facts[key] = value.Length <= LongestFact ? value : value[..LongestFact] + "…";
            }
        }
        int textEncoder = modules.Count(m => m.IsOfTextEncoder);
        return new AdapterReport(AdapterFiles.NameOf(path), path,
            [.. modules.GroupBy(m => m.Kind).OrderByDescending(g => g.Count()).Select(g => g.Key.ToString())],
            [.. modules.Select(m => m.Rank).OfType<int>().Distinct().Order()],
            family, modules.Count - textEncoder, textEncoder,
            parts.Sum(p => new FileInfo(p.Path).Length), FileHash.Short([.. parts.Select(p => p.Path)]), facts);
    }

    /// <summary>The report as lines for a person.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        string ranks = Ranks.Count switch
        {
            0 => "",
            1 => $", rank {Ranks[0]}",
            _ => $", ranks {string.Join(", ", Ranks)}",
        };
        text.AppendLine(CultureInfo.InvariantCulture, $"{Name}").AppendLine(CultureInfo.InvariantCulture, $"{Path}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{string.Join(" and ", Kinds)}{ranks}, for {Family ?? "a family that it does not tell"}");
        text.AppendLine(CultureInfo.InvariantCulture, $"changes {UNetModules} modules of the UNet and {TextEncoderModules} of the text encoder");
        text.AppendLine(CultureInfo.InvariantCulture, $"{Bytes / 1e6:0.0} MB, SHA-256 {Hash}…");
        foreach ((string key, string value) in Facts) text.AppendLine(CultureInfo.InvariantCulture, $"{key}: {value.ReplaceLineEndings(" ")}");
        return text.ToString();
    }
}
