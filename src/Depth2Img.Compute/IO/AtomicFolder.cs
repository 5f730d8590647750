namespace Depth2Img.IO;

/// <summary>
/// Writes folders whole or not at all: into a temporary folder beside the name, which takes the name once it is
/// complete. Whatever goes wrong, or is cancelled, leaves no half folder and an older one as it was.
/// </summary>
public static class AtomicFolder
{
    /// <summary>Writes a folder.</summary>
    /// <param name="path">The folder to be; the one above it must exist.</param>
    /// <param name="fill">Given an empty folder to fill. What it throws is passed on after that folder is gone.</param>
    /// <param name="overwrite">Whether an existing folder may be replaced.</param>
    /// <exception cref="OutputException">The folder exists and may not be replaced, or cannot be written (no folder above it, no right, disk full).</exception>
    public static void Write(string path, Action<string> fill, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(fill);
        string target = RequireName(path, overwrite);
        string temporary = Beside(target);
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            Rename(temporary, target);
        }
        catch (Exception e)
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            if (e is IOException or UnauthorizedAccessException) throw AtomicFile.CannotWrite(path, e);
            throw;
        }
    }

    /// <summary>Refuses an output that <see cref="Write"/> would refuse for its name, before work is spent on it.</summary>
    /// <returns>The folder's full path.</returns>
    /// <exception cref="OutputException">The folder exists and may not be replaced, or the one above it does not exist.</exception>
    public static string RequireName(string path, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0')) throw new OutputException("The output's name holds a zero character, which no folder's name can have.");
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(target)) throw new OutputException($"'{path}' is a file; name a folder to write.");
        string? above = Path.GetDirectoryName(target);
        if (above is null || !Directory.Exists(above)) throw new OutputException($"'{path}' cannot be written: there is no folder '{above ?? target}'.");
        if (!overwrite && Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new OutputException($"'{path}' exists already; choose another name, or allow it to be replaced.");
        return target;
    }

    /// <summary>The older folder, if there is one, is out of the way before the new one takes its name, and deleted only then.</summary>
    private static void Rename(string temporary, string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(temporary, target);
            return;
        }
        string older = Beside(target);
        Directory.Move(target, older);
        try
        {
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(older, target);
            throw;
        }
        Directory.Delete(older, recursive: true);
    }

    private static string Beside(string target) => Path.Combine(Path.GetDirectoryName(target)!, $".depth2img-{Guid.NewGuid():N}.tmp");
}
