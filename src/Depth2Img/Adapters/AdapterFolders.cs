namespace Depth2Img.Adapters;

/// <summary>Finds adapters by name.</summary>
public static class AdapterFolders
{
    /// <summary>The folder beside a model that is looked into when none is named.</summary>
    public const string FolderName = "loras";

    private const int NamesShown = 10;

    /// <summary>The endings of adapters' files, the better one first.</summary>
    private static readonly string[] Extensions = [".safetensors", ".pt", ".ckpt", ".bin"];

    /// <summary>Finds an adapter's file: in the folders themselves first, then in the folders in them.</summary>
    /// <param name="name">The file's name without its ending; no path.</param>
    /// <param name="folders">Where to look, in order; those that do not exist are passed over.</param>
    /// <exception cref="Depth2ImgException">There is none, or the name is a path.</exception>
    public static string Find(string name, IReadOnlyList<string> folders)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(folders);
        if (name.IndexOfAny(['/', '\\', '\0']) >= 0 || name is "." or "..")
            throw new Depth2ImgException($"'{name}' is no name of a LoRA in a prompt: a file's name without folder and ending was expected.");
        foreach (string folder in folders.Where(Directory.Exists))
        {
            string? direct = Extensions.Select(extension => Path.Combine(folder, name + extension)).FirstOrDefault(File.Exists);
            if (direct is not null) return direct;
            // Compared here: the name may hold what a search pattern takes for wild cards.
            string? below = AllIn(folder).FirstOrDefault(path => Path.GetFileNameWithoutExtension(path) == name);
            if (below is not null) return below;
        }
        throw new Depth2ImgException($"There is no LoRA '{name}' in {Describe(folders)}.");
    }

    private static IEnumerable<string> AllIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => Extensions.Contains(Path.GetExtension(path))).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"The folder '{folder}' cannot be read: {e.Message}", e);
        }
    }

    private static string Describe(IReadOnlyList<string> folders)
    {
        string[] there = [.. folders.Where(Directory.Exists)];
        if (there.Length == 0) return $"{string.Join(" or ", folders.Select(f => $"'{f}'"))}, which {(folders.Count == 1 ? "does" : "do")} not exist";
        string[] names = [.. there.SelectMany(AllIn).Select(path => Path.GetFileNameWithoutExtension(path)!).Distinct().Order(StringComparer.Ordinal)];
        string shown = names.Length == 0 ? "no such files are there" : $"there {(names.Length == 1 ? "is" : "are")} {string.Join(", ", names.Take(NamesShown))}{(names.Length > NamesShown ? ", …" : "")}";
        return $"{string.Join(" or ", there.Select(f => $"'{f}'"))}: {shown}";
    }
}
