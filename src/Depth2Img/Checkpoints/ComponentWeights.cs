using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Checkpoints;

/// <summary>
/// The weight files in the folder of one component, by the names that diffusers and transformers give them: plain or of
/// a variant ("fp16"), whole or in shards, safetensors or torch's pickles. (diffusers, utils/hub_utils.py.)
/// </summary>
internal sealed class ComponentWeights
{
    /// <summary>Stems and extensions, those that are preferred first.</summary>
    private static readonly (string Stem, string Extension)[] Kinds =
    [
        ("diffusion_pytorch_model", "safetensors"),
        ("model", "safetensors"),
        ("diffusion_pytorch_model", "bin"),
        ("pytorch_model", "bin"),
    ];

    private readonly string _folder;
    private readonly string[] _names;

    /// <summary>Looks at a folder, which must be there.</summary>
    public ComponentWeights(string folder)
    {
        _folder = folder;
        _names = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Variants = [.. _names.Select(VariantOf).OfType<string>().Distinct()];
    }

    /// <summary>The variants that there are files of, in alphabetical order.</summary>
    public IReadOnlyList<string> Variants { get; }

    /// <summary>The file of a variant, or of none; null if there is none.</summary>
    public string? Find(string? variant)
    {
        foreach ((string stem, string extension) in Kinds)
        {
            foreach (string name in NamesOf(stem, extension, variant))
            {
                if (_names.Contains(name)) return Path.Combine(_folder, name);
            }
        }
        return null;
    }

    /// <summary>The error for a folder without weights, which says what is there instead.</summary>
    public Depth2ImgException Missing()
    {
        if (_names.FirstOrDefault(WeightFiles.HasUnfinishedEnding) is { } unfinished)
            return new Depth2ImgException($"'{_folder}' holds no weights but '{unfinished}', a download that has not ended. Let it end, or fetch the checkpoint again.");
        const int shown = 5;
        string there = _names.Length == 0 ? "it is empty" : $"it has {string.Join(", ", _names.Take(shown))}{(_names.Length > shown ? " …" : "")}";
        return new Depth2ImgException($"'{_folder}' holds no weights that are read: {there}. diffusion_pytorch_model.safetensors, model.safetensors, or the same as .bin was expected.");
    }

    private static IEnumerable<string> NamesOf(string stem, string extension, string? variant) => variant is null
        ? [$"{stem}.{extension}", $"{stem}.{extension}.index.json"]
        : [$"{stem}.{variant}.{extension}", $"{stem}.{extension}.index.{variant}.json", $"{stem}.{extension}.{variant}.index.json"];

    private static string? VariantOf(string name) => name.Split('.') switch
    {
        // The shards of a variant (model.fp16-00001-of-00002.safetensors) are found through their index.
        [var stem, var variant, var extension] when IsKind(stem, extension) && !variant.Contains('-', StringComparison.Ordinal) => variant,
        [var stem, var extension, "index", var variant, "json"] when IsKind(stem, extension) => variant,
        [var stem, var extension, var variant, "index", "json"] when IsKind(stem, extension) => variant,
        _ => null,
    };

    private static bool IsKind(string stem, string extension) => Kinds.Contains((stem, extension));
}
