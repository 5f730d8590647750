using System.Text.Json;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Hub;

namespace Depth2Img.Checkpoints;

/// <summary>Tells which files a model's folder lacks, without reading weights. A link whose file is gone is no file.</summary>
internal static class ModelFiles
{
    private static readonly string[] VocabularyFiles = ["vocab.json", "merges.txt"];
    private static readonly string[] DepthParts = ["depth_estimator", "feature_extractor"];

    /// <summary>What must be fetched before the model runs. A depth network can be done without: there are others.</summary>
    public static IReadOnlyList<string> MissingToRun(string folder) => Missing(folder, component => !DepthParts.Contains(component));

    /// <summary>Everything that the folder should have and has not.</summary>
    public static IReadOnlyList<string> Missing(string folder) => Missing(folder, _ => true);

    /// <summary>Opens the weights of a folder that is one network.</summary>
    /// <returns>Null where they are missing.</returns>
    /// <exception cref="Depth2ImgException">They are damaged.</exception>
    public static IWeightFile? OpenWeights(string folder) =>
        WeightForm.Choose(NamesIn(folder), ModelPrecision.Float32) is null ? null : CheckpointFolder.OpenWeightsIn(folder);

    private static List<string> Missing(string folder, Func<string, bool> counts)
    {
        if (LinkedFile.Exists(Path.Combine(folder, FileSelection.PipelineIndex)))
            return [.. CheckpointFolder.Open(folder).Components.Select(c => c.Name).Where(counts).SelectMany(name => MissingOf(folder, name))];
        if (LinkedFile.Exists(Path.Combine(folder, "config.json"))) return [.. MissingWeights(folder, "")];
        return HasWeights(folder) ? [] : [$"{FileSelection.PipelineIndex} or config.json"];
    }

    /// <summary>The files that a component's folder should have and has not.</summary>
    /// <param name="root">The checkpoint's folder.</param>
    /// <param name="component">"unet"; one that is not read here lacks nothing.</param>
    public static IEnumerable<string> MissingOf(string root, string component)
    {
        string folder = Path.Combine(root, component);
        switch (component)
        {
            case "tokenizer":
                bool old = Has("vocab.json") && Has("merges.txt");
                return old || Has("tokenizer.json") ? [] : VocabularyFiles.Where(name => !Has(name)).Select(name => $"{component}/{name}");
            case "scheduler":
                return Has("scheduler_config.json") ? [] : ["scheduler/scheduler_config.json"];
            case "feature_extractor":
                return Has("preprocessor_config.json") ? [] : ["feature_extractor/preprocessor_config.json"];
            case string name when Checkpoint.IsNetwork(name):
                return [.. Has("config.json") ? (string[])[] : [$"{component}/config.json"], .. MissingWeights(folder, $"{component}/")];
            default:
                return [];
        }

        bool Has(string name) => LinkedFile.Exists(Path.Combine(folder, name));
    }

    private static string[] MissingWeights(string folder, string prefix)
    {
        if (HasWeights(folder)) return [];
        string? index = NamesIn(folder).FirstOrDefault(name => name.Contains(".index.", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal));
        return index is null
            ? [$"{prefix}{(prefix is "text_encoder/" or "depth_estimator/" or "" ? "model" : "diffusion_pytorch_model")}.safetensors"]
            : [.. ShardsOf(Path.Combine(folder, index)).Where(shard => !LinkedFile.Exists(Path.Combine(folder, shard))).Select(shard => prefix + shard)];
    }

    private static bool HasWeights(string folder)
    {
        string[] names = [.. NamesIn(folder)];
        // Beside the forms of the published models, any file of another variant counts.
        return WeightForm.Find(names).Any()
            || names.Any(name => Path.GetExtension(name) is ".safetensors" or ".bin" && !name.Contains("-of-", StringComparison.Ordinal));
    }

    private static IEnumerable<string> NamesIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Where(LinkedFile.Exists).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
        : [];

    private static IEnumerable<string> ShardsOf(string index) =>
        JsonFile.ReadObject(index).TryGetProperty("weight_map", out JsonElement map) && map.ValueKind == JsonValueKind.Object
            ? map.EnumerateObject().Select(entry => entry.Value.ToString()).Distinct(StringComparer.Ordinal)
            : [];
}
