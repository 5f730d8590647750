using System.Security.Cryptography;
using Depth2Img.Imaging;
using Depth2Img.IO;

namespace Depth2Img.Cli.Batch.Running;

/// <summary>What is under an output's name.</summary>
internal enum OutputState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>What the job makes, whole.</summary>
    Whole,

    /// <summary>What the batch made by other settings or of other inputs.</summary>
    Outdated,

    /// <summary>A part or a damaged copy of what the batch made.</summary>
    Damaged,

    /// <summary>A file that the batch did not make, or that was changed since.</summary>
    Foreign,
}

/// <summary>
/// The folder that a batch writes into. One process at a time has it. The batch's own files are in a folder inside it: a lock that
/// ends with the process, the manifest, and files that are being written, which a killed run leaves and the next one deletes.
/// </summary>
internal sealed class BatchFolder : IDisposable
{
    /// <summary>The folder of the batch's own files.</summary>
    public const string StateName = ".depth2img-batch";

    private const int LinuxWouldBlock = 11, MacWouldBlock = 35, WindowsSharing = unchecked((int)0x80070020);

    private readonly FileStream _lock;
    private readonly BatchManifest _manifest;
    private readonly string _state;

    private BatchFolder(string path, string state, FileStream held, BatchManifest manifest)
    {
        Path = path;
        _state = state;
        _lock = held;
        _manifest = manifest;
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Opens or makes a folder, locks it and clears what a killed run left.</summary>
    /// <exception cref="OutputException">It cannot be written to, or another batch is at work in it.</exception>
    public static BatchFolder Open(string path)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        string state = System.IO.Path.Combine(full, StateName);
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(state);
            held = Lock(System.IO.Path.Combine(state, "lock"), path);
            foreach (string left in Directory.EnumerateFiles(state, "*.tmp")) File.Delete(left);
            return new BatchFolder(full, state, held, new BatchManifest(System.IO.Path.Combine(state, "manifest.jsonl")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new OutputException($"The folder '{path}' cannot be written to: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>What is under an output's name, held against the job that is to make it.</summary>
    /// <param name="output">The file's full path.</param>
    /// <param name="job">The job's identity.</param>
    public OutputState Inspect(string output, string job)
    {
        if (!File.Exists(output)) return OutputState.Missing;
        IReadOnlyList<ManifestEntry> entries = _manifest[NameOf(output)];
        if (entries.Count == 0) return OutputState.Foreign;
        ManifestEntry[] same = [.. entries.Where(Matches(output))];
        if (same.Length > 0) return same.Any(entry => entry.Job == job) ? OutputState.Whole : OutputState.Outdated;
        return IsDamagedPicture(output) ? OutputState.Damaged : OutputState.Foreign;
    }

    /// <summary>Writes an output: it appears whole, in place of an older one, or not at all.</summary>
    /// <param name="output">The file's full path, inside the folder.</param>
    /// <param name="job">The job's identity.</param>
    /// <param name="write">Writes the contents.</param>
    /// <exception cref="OutputException">It cannot be written, or a link in its path leads out of the folder.</exception>
    public void Write(string output, string job, Action<Stream> write)
    {
        string temporary = System.IO.Path.Combine(_state, $"{Guid.NewGuid():N}.tmp");
        try
        {
            string target = System.IO.Path.GetDirectoryName(output)!;
            RequireNoLink(target, output);
            Directory.CreateDirectory(target);
            string sha256 = WriteHashed(temporary, write);
            _manifest.Add(new ManifestEntry(NameOf(output), sha256, job));
            File.Move(temporary, output, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"'{output}' cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a file that may lie elsewhere, unless it is there already. One that the batch did not make is replaced by permission only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="contents">What is to be in it.</param>
    /// <param name="replace">Whether a file that the batch did not make may be replaced.</param>
    /// <exception cref="OutputException">It may not be replaced, or cannot be written.</exception>
    public void WriteElsewhere(string path, byte[] contents, bool replace)
    {
        string full = System.IO.Path.GetFullPath(path);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(contents));
        OutputState state = Inspect(full, sha256);
        if (state == OutputState.Whole) return;
        if (state == OutputState.Foreign && !replace) throw new OutputException($"'{path}' exists, and this batch did not make it as it is; --force replaces it.");
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
            _manifest.Add(new ManifestEntry(NameOf(full), sha256, sha256));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"'{path}' cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
        AtomicFile.Write(full, stream => stream.Write(contents), overwrite: true);
    }

    /// <summary>A file's name in the manifest.</summary>
    public string NameOf(string path) => System.IO.Path.GetRelativePath(Path, path).Replace('\\', '/');

    public void Dispose()
    {
        _manifest.Dispose();
        _lock.Dispose();
    }

    /// <summary>The system's own lock: it ends with the process, however that ends.</summary>
    private static FileStream Lock(string file, string folder)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharing)
        {
            throw new OutputException($"Another batch is at work in '{folder}'; wait for it, or name another folder.", e);
        }
    }

    private static string WriteHashed(string path, Action<Stream> write)
    {
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using SHA256 hash = SHA256.Create();
        using (CryptoStream hashing = new(file, hash, CryptoStreamMode.Write, leaveOpen: true)) write(hashing);
        // On the disk before it takes its name, or a power cut could leave an empty file under it.
        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.Hash!);
    }

    private static Func<ManifestEntry, bool> Matches(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        return entry => entry.Sha256 == sha256;
    }

    /// <summary>Whether a file begins as a picture of its name's format does, or is empty, and cannot be read: one of ours that was cut or spoilt, and no work of somebody else's.</summary>
    private static bool IsDamagedPicture(string path)
    {
        ReadOnlySpan<byte> signature = ImageFile.FormatOf(path) == ImageFormat.Png ? [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] : [0xFF, 0xD8, 0xFF];
        Span<byte> start = stackalloc byte[signature.Length];
        using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read)) start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (!signature.StartsWith(start)) return false;
        try
        {
            return ImageFile.Load(path).Warning is not null;
        }
        catch (Depth2ImgException)
        {
            return true;
        }
    }

    private void RequireNoLink(string target, string output)
    {
        for (string folder = target; folder.Length > Path.Length; folder = System.IO.Path.GetDirectoryName(folder)!)
        {
            if (new DirectoryInfo(folder).LinkTarget is not null) throw new OutputException($"'{output}' cannot be written: '{folder}' is a link, which leads out of the batch's folder.");
        }
    }
}
