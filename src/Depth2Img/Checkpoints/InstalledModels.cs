namespace Depth2Img.Checkpoints;

/// <summary>A model on this machine.</summary>
/// <param name="Name">What to call it on the command line.</param>
/// <param name="Kind">"depth-to-image" or "depth network".</param>
/// <param name="Path">Its folder.</param>
/// <param name="Bytes">The sizes of its files.</param>
public sealed record InstalledModel(string Name, string Kind, string Path, long Bytes);

/// <summary>Finds the models that are beside the program.</summary>
public static class InstalledModels
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<InstalledModel> Find()
    {
        if (!Directory.Exists(EmbeddedModels.Folder)) return [];
        return
        [
            .. Directory.EnumerateDirectories(EmbeddedModels.Folder)
                .Order(StringComparer.Ordinal)
                .Select(path => new InstalledModel(
                    Path.GetFileName(path),
                    File.Exists(Path.Combine(path, "model_index.json")) ? "depth-to-image" : "depth network",
                    path,
                    Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length))),
        ];
    }
}
