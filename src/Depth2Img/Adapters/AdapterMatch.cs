using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>Finds the weights that an adapter's modules change, and refuses adapters that are for other networks.</summary>
internal static class AdapterMatch
{
    private const int NamesShown = 3;

    /// <summary>Matches every module of a file.</summary>
    /// <param name="file">The adapter.</param>
    /// <param name="model">The networks.</param>
    /// <param name="note">A sentence about modules that match nothing, if there are some; else null.</param>
    /// <exception cref="Depth2ImgException">Nothing matches, or a change has other sizes than the weight.</exception>
    public static List<(ModuleTable Table, string Key, AdapterModule Module)> Match(AdapterFile file, AdapterModel model, out string? note)
    {
        if (file.ForeignFamily is { } family)
            throw new Depth2ImgException($"'{file.Path}' is an adapter for {family}; '{model.Name}' is a model with a UNet and one text encoder, such as Stable Diffusion 2.");
        List<(ModuleTable Table, string Key, AdapterModule Module)> matches = [];
        List<AdapterModule> unmatched = [];
        foreach (AdapterModule module in file.Modules)
        {
            if (model.Find(module) is { } found) matches.Add((found.Table, found.Key, module));
            else unmatched.Add(module);
        }
        RequireFit(file, model, matches);
        note = NoteOf(file, unmatched);
        return matches.Count > 0
            ? matches
            : throw new Depth2ImgException($"'{file.Path}' is for another model than '{model.Name}': none of its {file.Modules.Count} modules is there, such as {Names(unmatched.Select(m => m.Name))}.");
    }

    private static void RequireFit(AdapterFile file, AdapterModel model, List<(ModuleTable Table, string Key, AdapterModule Module)> matches)
    {
        List<(AdapterModule Module, WeightTensor Weight)> misfits =
            [.. matches.Select(m => (m.Module, Weight: m.Table.Network[m.Key])).Where(m => !WeightChange.Fits(m.Module, m.Weight, m.Weight.Name))];
        if (misfits.Count == 0) return;
        foreach ((AdapterModule module, WeightTensor weight) in misfits)
        {
            int width = weight.Count / weight.Dimensions[0];
            if (module.TextWidth is not long text || text == width) continue;
            throw new Depth2ImgException($"'{file.Path}' is an adapter for {ModelFamily.Describe(text)}; '{model.Name}' is of {ModelFamily.Describe(width)}.");
        }
        (AdapterModule first, WeightTensor expected) = misfits[0];
        throw new Depth2ImgException($"'{file.Path}' does not fit '{model.Name}': {first.Description} makes [{string.Join(',', first.Dimensions)}], and the weight '{expected.Name}' is {expected.DimensionsText}.");
    }

    private static string? NoteOf(AdapterFile file, List<AdapterModule> unmatched)
    {
        int keys = unmatched.Sum(m => m.TensorCount) + file.UnknownKeys.Count;
        return keys == 0
            ? null
            : $"{keys} {(keys == 1 ? "key" : "keys")} of '{file.Path}' {(keys == 1 ? "matches" : "match")} nothing in the model and {(keys == 1 ? "is" : "are")} left out: {Names([.. unmatched.Select(m => m.Name), .. file.UnknownKeys])}.";
    }

    private static string Names(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(NamesShown).Select(Short)) + (all.Length > NamesShown ? ", …" : "");
    }

    /// <summary>Names in messages end somewhere: a broken file's can have megabytes.</summary>
    private static string Short(string name) => name.Length <= 120 ? name : name[..120] + "…";
}
