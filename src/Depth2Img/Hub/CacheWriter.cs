using System.Text;
using Depth2Img.IO;

namespace Depth2Img.Hub;

/// <summary>Writes into Hugging Face's cache, in the order that lets readers never see a part: the contents, the link to them, the revision's name.</summary>
/// <param name="cache">The cache.</param>
/// <param name="model">The repository.</param>
/// <param name="link">Makes a symbolic link at a path, to a target relative to it; tests take away the ability.</param>
internal sealed class CacheWriter(HubCache cache, ModelReference model, Action<string, string> link)
{
    private const string CacheTag = "CACHEDIR.TAG";

    /// <summary>The folder that contents lie in under the names of their check sums.</summary>
    public string BlobFolder { get; } = Path.Combine(cache.FolderOf(model), "blobs");

    /// <summary>Where contents lie.</summary>
    public string Blob(BlobDigest digest) => Path.Combine(BlobFolder, digest.Hex);

    /// <summary>Where contents grow.</summary>
    public string Partial(BlobDigest digest) => Blob(digest) + ".incomplete";

    /// <summary>The file whose lock stands for one file's contents.</summary>
    public string Lock(BlobDigest digest) => Path.Combine(cache.Folder, ".locks", Path.GetFileName(cache.FolderOf(model)), $"{digest.Hex}.lock");

    /// <summary>A file's place in a snapshot.</summary>
    public string Place(string commit, HubFile file) => Path.Combine([cache.SnapshotFolder(model, commit), .. file.Path.Split('/')]);

    /// <summary>Makes the folders, and marks the cache as one that backups may leave out.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(BlobFolder);
        string tag = Path.Combine(cache.Folder, CacheTag);
        if (!File.Exists(tag))
            File.WriteAllText(tag, "Signature: 8a477f597d28d172789f06886806bc55\n# This file marks a cache of Hugging Face's hub. See https://bford.info/cachedir/\n");
    }

    /// <summary>Whether a snapshot has a file, whole.</summary>
    public bool Has(string commit, HubFile file) => LinkedFile.LengthOf(Place(commit, file)) == file.Size;

    /// <summary>Whether contents are there, whole.</summary>
    public bool HasBlob(HubFile file) => LinkedFile.LengthOf(Blob(file.Digest!.Value)) == file.Size;

    /// <summary>How many bytes an earlier download of contents left.</summary>
    public long PartialLength(HubFile file) => Math.Min(LinkedFile.LengthOf(Partial(file.Digest!.Value)) ?? 0, file.Size!.Value);

    /// <summary>Puts contents that are there into a snapshot: as a link, or where the system makes none, as the file itself.</summary>
    public void Publish(string commit, HubFile file)
    {
        string place = Place(commit, file);
        string folder = Path.GetDirectoryName(place)!;
        Directory.CreateDirectory(folder);
        string blob = Blob(file.Digest!.Value);
        string temporary = Path.Combine(folder, $".depth2img-{Guid.NewGuid():N}.tmp");
        try
        {
            link(temporary, Path.GetRelativePath(folder, blob));
            // A rename replaces a broken link or a damaged file in one go.
            File.Move(temporary, place, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // Windows without its developer mode, disks without links. Gigabytes are not kept twice.
            File.Delete(temporary);
            File.Move(blob, place, overwrite: true);
        }
    }

    /// <summary>Notes which commit a branch or tag points to. A commit has no name to note.</summary>
    public void SetReference(string revision, string commit)
    {
        if (ModelReference.IsCommit(revision)) return;
        string file = cache.ReferenceFile(model, revision);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, stream => stream.Write(Encoding.ASCII.GetBytes(commit)), overwrite: true);
    }
}
