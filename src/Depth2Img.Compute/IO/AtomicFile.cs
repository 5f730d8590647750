namespace Depth2Img.IO;

/// <summary>
/// Writes files whole or not at all: into a temporary file in the same folder, which takes the name once it is
/// complete. Whatever goes wrong, or is cancelled, leaves no half file and an older file as it was.
/// </summary>
public static class AtomicFile
{
    private const int UnixNoSpace = 28;
    private const int WindowsNoSpace = unchecked((int)0x80070070);

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the contents; what it throws is passed on after the temporary file is gone.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="OutputException">The file exists and may not be replaced, is a folder, or cannot be written (no such folder, no right, disk full).</exception>
    public static void Write(string path, Action<Stream> write, bool overwrite = false) =>
        Write(path, write, overwrite, CreateNew);

    /// <summary>Refuses an output that <see cref="Write(string, Action{Stream}, bool)"/> would refuse for its name, before work is spent on it.</summary>
    /// <param name="path">The file to be.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="OutputException">The file exists and may not be replaced, is a folder, or its folder does not exist or cannot be written to.</exception>
    public static void RequireWritable(string path, bool overwrite = false)
    {
        RequireName(path, overwrite);
        if (IsDevice(path)) return;
        string probe = TemporaryName(path);
        try
        {
            CreateNew(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    /// <summary>The same with the opening of the temporary file given, so that tests can have a full disk.</summary>
    internal static void Write(string path, Action<Stream> write, bool overwrite, Func<string, Stream> create)
    {
        ArgumentNullException.ThrowIfNull(write);
        RequireName(path, overwrite);
        try
        {
            if (IsDevice(path))
            {
                using FileStream device = new(path, FileMode.Open, FileAccess.Write);
                write(device);
                return;
            }
            // A link keeps its place; the file that it points to is replaced.
            bool isLink = new FileInfo(path).LinkTarget is not null;
            string target = isLink ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName : path;
            WriteAndRename(target, write, overwrite, create);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    private static void WriteAndRename(string path, Action<Stream> write, bool overwrite, Func<string, Stream> create)
    {
        string temporary = TemporaryName(path);
        try
        {
            using (Stream stream = create(temporary))
            {
                write(stream);
                // On the disk before it takes the name, or a power cut could leave an empty file under it.
                if (stream is FileStream file) file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static FileStream CreateNew(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    private static string TemporaryName(string path) =>
        Path.Combine(FolderOf(path), $".depth2img-{Guid.NewGuid():N}.tmp");

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;

    /// <summary>Whether the path is a device such as /dev/full, which must be written to and never be replaced by a file.</summary>
    private static bool IsDevice(string path) => !OperatingSystem.IsWindows() && FolderOf(path) == "/dev" && File.Exists(path);

    private static void RequireName(string path, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0')) throw new OutputException("The output's name holds a zero character, which no file name can have.");
        if (Directory.Exists(path)) throw new OutputException($"'{path}' is a folder; name a file to write.");
        if (!Directory.Exists(FolderOf(path))) throw new OutputException($"'{path}' cannot be written: there is no folder '{FolderOf(path)}'.");
        if (!overwrite && File.Exists(path) && !IsDevice(path))
            throw new OutputException($"'{path}' exists already; choose another name, or allow it to be overwritten.");
    }

    /// <summary>The error for an output that the system does not take.</summary>
    internal static OutputException CannotWrite(string path, Exception cause)
    {
        string reason = cause switch
        {
            IOException { HResult: UnixNoSpace or WindowsNoSpace } => "the disk is full",
            UnauthorizedAccessException => "access is denied",
            // What creating a file in /proc and its like gives: a folder that takes no files.
            FileNotFoundException or DirectoryNotFoundException => $"no file can be made in the folder '{FolderOf(path)}'",
            PathTooLongException => "the name is too long",
            _ => cause.Message.TrimEnd('.'),
        };
        return new OutputException($"'{path}' cannot be written: {reason}.", cause);
    }
}
