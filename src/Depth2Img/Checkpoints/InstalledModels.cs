using Depth2Img.Hub;

namespace Depth2Img.Checkpoints;

/// <summary>Finds the models on this machine: those beside the program, and those in Hugging Face's cache.</summary>
public static class InstalledModels
{
    /// <summary>All of them: first those beside the program, then the cache's. The cache's models of other kinds, which belong to other programs, are left out.</summary>
    /// <param name="settings">Where the cache is; null takes the environment's.</param>
    public static IReadOnlyList<InstalledModel> Find(HubSettings? settings = null)
    {
        IEnumerable<InstalledModel> embedded = Directory.Exists(EmbeddedModels.Folder)
            ? Directory.EnumerateDirectories(EmbeddedModels.Folder).Order(StringComparer.Ordinal).Select(path => Describe(path, Path.GetFileName(path)))
            : [];
        IEnumerable<InstalledModel> cached = new HubCache((settings ?? HubSettings.FromEnvironment()).CacheFolder).List()
            .Select(snapshot => Describe(snapshot.Path, snapshot.Model.Repository) with { Commit = snapshot.Commit, Revisions = snapshot.Revisions })
            .Where(model => model.Kind != ModelKind.Other);
        return [.. embedded, .. cached];
    }

    private static InstalledModel Describe(string path, string name)
    {
        ModelKind kind = ModelKinds.Of(path, name);
        EnumerationOptions everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        return new InstalledModel(name, kind, path, Directory.EnumerateFiles(path, "*", everywhere).Sum(file => LinkedFile.LengthOf(file) ?? 0))
        {
            Missing = kind is ModelKind.Other or ModelKind.OtherPipeline ? [] : ModelFiles.Missing(path),
        };
    }
}
