namespace Depth2Img.Hub;

/// <summary>
/// Hugging Face's cache on this machine, for reading: <c>models--OWNER--NAME/refs/REVISION</c> names a commit, and
/// <c>snapshots/COMMIT</c> has the files, most often as links into <c>blobs</c> (huggingface_hub, <c>file_download.py</c>).
/// </summary>
/// <param name="folder">The cache's folder; it need not exist.</param>
public sealed class HubCache(string folder)
{
    private const string FolderPrefix = "models--";
    private const int MaxReferenceLength = 1024;

    /// <summary>The cache's folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>The folder of a repository.</summary>
    public string FolderOf(ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Path.Combine(Folder, $"{FolderPrefix}{model.Owner}--{model.Name}");
    }

    /// <summary>The folder of a snapshot.</summary>
    internal string SnapshotFolder(ModelReference model, string commit) => Path.Combine(FolderOf(model), "snapshots", commit);

    /// <summary>The file that holds a revision's commit. Branch names with "/" make folders.</summary>
    internal string ReferenceFile(ModelReference model, string revision) => Path.Combine([FolderOf(model), "refs", .. revision.Split('/')]);

    /// <summary>
    /// The snapshots of a repository that a reference may mean, the likeliest first. With a revision there is one at
    /// most; without, that of the main branch comes first and the others follow, the newest first.
    /// </summary>
    public IReadOnlyList<CachedSnapshot> Find(ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        IReadOnlyList<CachedSnapshot> all = SnapshotsOf(model with { Revision = null });
        string? commit = ModelReference.IsCommit(model.RevisionOrDefault) ? model.RevisionOrDefault : ReadReference(ReferenceFile(model, model.RevisionOrDefault));
        IEnumerable<CachedSnapshot> named = all.Where(s => s.Commit == commit);
        return model.Revision is null ? [.. named, .. all.Where(s => s.Commit != commit)] : [.. named];
    }

    /// <summary>All snapshots in the cache, by repository; of one, the newest first.</summary>
    public IReadOnlyList<CachedSnapshot> List() =>
    [
        .. FoldersIn(Folder)
            .Select(path => Path.GetFileName(path))
            .Where(name => name.StartsWith(FolderPrefix, StringComparison.Ordinal))
            .Order(StringComparer.OrdinalIgnoreCase)
            .SelectMany(name => ParseFolderName(name) is { } model ? SnapshotsOf(model) : []),
    ];

    /// <summary>The repository and commit whose snapshot a folder is, by the folder's place alone; null for any other folder.</summary>
    public static (ModelReference Model, string Commit)? Identify(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        DirectoryInfo folder = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return folder.Parent is { Name: "snapshots", Parent: { } repository } && ModelReference.IsCommit(folder.Name) && ParseFolderName(repository.Name) is { } model
            ? (model, folder.Name)
            : null;
    }

    private List<CachedSnapshot> SnapshotsOf(ModelReference model)
    {
        string folder = FolderOf(model);
        ILookup<string, string> revisions = ReferencesOf(folder).ToLookup(r => r.Commit, r => r.Revision);
        return
        [
            .. FoldersIn(Path.Combine(folder, "snapshots"))
                .Where(path => ModelReference.IsCommit(Path.GetFileName(path)))
                .OrderByDescending(Directory.GetLastWriteTimeUtc)
                .ThenBy(path => path, StringComparer.Ordinal)
                .Select(path => new CachedSnapshot(model, Path.GetFileName(path), [.. revisions[Path.GetFileName(path)].Order(StringComparer.Ordinal)], path)),
        ];
    }

    private static IEnumerable<(string Revision, string Commit)> ReferencesOf(string folder)
    {
        string root = Path.Combine(folder, "refs");
        foreach (string file in EntriesIn(root, recursive: true, Directory.EnumerateFiles))
        {
            if (ReadReference(file) is { } commit) yield return (Path.GetRelativePath(root, file).Replace('\\', '/'), commit);
        }
    }

    private static string? ReadReference(string file)
    {
        try
        {
            if (LinkedFile.LengthOf(file) is not (> 0 and <= MaxReferenceLength)) return null;
            string commit = File.ReadAllText(file).Trim();
            return ModelReference.IsCommit(commit) ? commit : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>"models--owner--name"; neither part of a name may hold "--".</summary>
    private static ModelReference? ParseFolderName(string name)
    {
        string[] parts = name.Split("--");
        return parts.Length == 3 && parts[0] == "models" && ModelReference.TryParse($"{parts[1]}/{parts[2]}", out ModelReference? model) ? model : null;
    }

    private static string[] FoldersIn(string folder) => EntriesIn(folder, recursive: false, Directory.EnumerateDirectories);

    private static string[] EntriesIn(string folder, bool recursive, Func<string, string, EnumerationOptions, IEnumerable<string>> enumerate)
    {
        try
        {
            return [.. enumerate(folder, "*", new EnumerationOptions { RecurseSubdirectories = recursive, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None })];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is no cache yet, or it is closed to this user: nothing to be found there.
            return [];
        }
    }
}
