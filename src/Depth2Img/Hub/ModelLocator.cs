using Depth2Img.Checkpoints;

namespace Depth2Img.Hub;

/// <summary>Finds what a person calls a model, on this machine alone.</summary>
public static class ModelLocator
{
    private static readonly string[] OneFileFormats = [".safetensors", ".ckpt", ".pt", ".pth", ".bin"];

    /// <summary>The folder or file that a name means.</summary>
    /// <param name="name">
    /// A folder or a file; else the name of a model that comes with the program ("demo"), a short name ("sd2-depth") or
    /// "owner/name", with or without "@revision", of a model in Hugging Face's cache.
    /// </param>
    /// <param name="settings">Where the cache is; null takes the environment's.</param>
    /// <param name="evenInPart">Whether a model will do of which only some files are here.</param>
    /// <exception cref="Depth2ImgException">There is nothing of that name, or only a part of it; the message says what is missing and how to get it.</exception>
    public static string Find(string name, HubSettings? settings = null, bool evenInPart = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0) throw new Depth2ImgException("The model's name is empty; a folder, a file or a model's name is expected.");
        if (Directory.Exists(name) || File.Exists(name)) return name;
        if (EmbeddedModels.TryFind(name) is { } embedded) return embedded;
        if (!LooksLikeModel(name)) throw new Depth2ImgException($"There is no folder or file '{name}'.");
        ModelReference model = KnownModels.Resolve(name);
        settings ??= HubSettings.FromEnvironment();
        HubCache cache = new(settings.CacheFolder);

        (CachedSnapshot Snapshot, IReadOnlyList<string> Missing)? partial = null;
        foreach (CachedSnapshot snapshot in new[] { model }.Concat(KnownModels.SameAs(model)).SelectMany(cache.Find))
        {
            if (OneFile(snapshot.Path) is { } file) return file;
            IReadOnlyList<string> missing = ModelFiles.MissingToRun(snapshot.Path);
            if (missing.Count == 0) return snapshot.Path;
            partial ??= (snapshot, missing);
        }
        if (evenInPart && partial is { } part) return part.Snapshot.Path;
        throw new Depth2ImgException(partial is { } found
            ? $"{model} is only partly on this machine: '{found.Snapshot.Path}' lacks {string.Join(", ", found.Missing)}. {HowToGet(name, model, settings)}"
            : $"{NotHere(name, model, cache)} {HowToGet(name, model, settings)}");
    }

    /// <summary>Whether a name is that of a model which is fetched: a short name or "owner/name", but no file's or folder's.</summary>
    internal static bool LooksFetched(string name) => KnownModels.Find(name) is not null || (ModelReference.TryParse(name, out _) && LooksLikeModel(name));

    private static string NotHere(string name, ModelReference model, HubCache cache)
    {
        string[] others = model.Revision is null ? [] : [.. cache.Find(model with { Revision = null }).Select(s => s.Revisions.Count > 0 ? s.Revisions[0] : s.Commit)];
        if (others.Length > 0) return $"The revision '{model.Revision}' of {model.Repository} is not on this machine; there is {string.Join(", ", others)}.";
        string path = KnownModels.Find(name) is null ? $"there is no folder or file '{name}', and " : "";
        return $"{model} is not on this machine: {path}Hugging Face's cache '{cache.Folder}' does not have it.";
    }

    private static string HowToGet(string name, ModelReference model, HubSettings settings) =>
        $"Fetch it with 'depth2img models pull {name}'; or download its files by hand from {settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{model.Repository} into a folder and name that folder ('hf download {model.Repository}{(model.Revision is null ? "" : $" --revision {model.Revision}")}' does as well).";

    /// <summary>Whether a name that is no file could be a model's: paths that go up, are rooted or end in a file's extension could not.</summary>
    private static bool LooksLikeModel(string name)
    {
        if (ModelReference.TryParse(name, out _)) return !OneFileFormats.Contains(Path.GetExtension(name).ToLowerInvariant());
        return name.IndexOfAny(['/', '\\', ':']) < 0 && !OneFileFormats.Contains(Path.GetExtension(name).ToLowerInvariant());
    }

    /// <summary>The one checkpoint file of a snapshot that holds no folders' layout: what 'models pull --file' brings.</summary>
    private static string? OneFile(string folder)
    {
        if (LinkedFile.Exists(Path.Combine(folder, FileSelection.PipelineIndex)) || LinkedFile.Exists(Path.Combine(folder, "config.json"))) return null;
        string[] files = [.. Directory.EnumerateFiles(folder).Where(path => OneFileFormats.Contains(Path.GetExtension(path).ToLowerInvariant()) && LinkedFile.Exists(path))];
        return files.Length == 1 ? files[0] : null;
    }
}
