namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>
/// A folder for large files that must not pile up: its owner holds a lock, which the system takes back even from a process that is
/// killed, and whoever makes the next folder removes those that nobody holds.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string LockName = "in-use";

    private readonly FileStream _lock;

    private TemporaryFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Makes a folder, after removing those of the same kind that killed processes left.</summary>
    /// <param name="prefix">The kind: how its name begins.</param>
    public static TemporaryFolder Create(string prefix)
    {
        foreach (string old in Directory.GetDirectories(System.IO.Path.GetTempPath(), prefix + "*")) RemoveIfAbandoned(old);
        string path = Directory.CreateTempSubdirectory(prefix).FullName;
        return new TemporaryFolder(path, new FileStream(System.IO.Path.Combine(path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>Removes the folder and what is in it.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private static void RemoveIfAbandoned(string folder)
    {
        try
        {
            // A folder without the file is about to get it, or is none of ours.
            using (new FileStream(System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held, somebody else's, or being removed by another process: not ours to remove.
        }
    }
}
