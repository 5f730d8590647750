using Depth2Img.IO;

namespace Depth2Img.Server.Jobs;

/// <summary>
/// The files of jobs, in a folder for each under the server's data folder. Names come from this program alone, never
/// from a client; every file appears whole.
/// </summary>
/// <param name="folder">The folder of all jobs.</param>
internal sealed class JobFiles(string folder) : IJobInputs
{
    /// <summary>Where a file of a job is.</summary>
    public string PathOf(string job, string name) => Path.Combine(FolderOf(job), name);

    /// <summary>Writes a file, whole or not at all.</summary>
    public void Write(string job, string name, ReadOnlyMemory<byte> data)
    {
        Directory.CreateDirectory(FolderOf(job));
        try
        {
            AtomicFile.Write(PathOf(job, name), stream => stream.Write(data.Span), overwrite: true);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // What .NET makes of a length that the system does not let this process write (RLIMIT_FSIZE).
            throw new IOException("The file is longer than this process may write.", e);
        }
    }

    /// <inheritdoc/>
    public byte[]? Read(string job, string name)
    {
        try
        {
            return File.ReadAllBytes(PathOf(job, name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a file if there is one.</summary>
    public void Remove(string job, string name)
    {
        if (Directory.Exists(FolderOf(job))) File.Delete(PathOf(job, name));
    }

    /// <summary>Bytes of all files of a job.</summary>
    public long SizeOf(string job) =>
        Directory.Exists(FolderOf(job)) ? new DirectoryInfo(FolderOf(job)).EnumerateFiles().Sum(file => file.Length) : 0;

    /// <summary>Removes a job's files.</summary>
    public void Remove(string job)
    {
        string path = FolderOf(job);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    /// <summary>The jobs that have files.</summary>
    public IEnumerable<string> Jobs() => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).SelectMany(Directory.EnumerateDirectories).Select(path => Path.GetFileName(path)!)
        : [];

    /// <summary>Folders by the first two digits, so that none gets too full.</summary>
    private string FolderOf(string job) => Path.Combine(folder, job[..2], job);
}
