namespace Depth2Img.Hub;

/// <summary>Files that may be links: in the cache they usually are, and a link whose file is gone must not count as a file.</summary>
internal static class LinkedFile
{
    /// <summary>The length of the file at the end of all links; null where there is none.</summary>
    public static long? LengthOf(string path)
    {
        try
        {
            FileSystemInfo? target = File.ResolveLinkTarget(path, returnFinalTarget: true);
            FileInfo file = target is null ? new FileInfo(path) : new FileInfo(target.FullName);
            return file.Exists && file.LinkTarget is null ? file.Length : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No such file or folder, a circle of links, a closed folder: nothing that can be read.
            return null;
        }
    }

    /// <summary>Whether there is a file that is more than a broken link.</summary>
    public static bool Exists(string path) => LengthOf(path) is not null;
}
