namespace Depth2Img.Hub;

/// <summary>The disks of this machine.</summary>
internal sealed class DiskSpace : IDiskSpace
{
    private const int LinuxNoSpace = 28;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;
    private const int WindowsNoSpace = unchecked((int)0x80070070);

    /// <inheritdoc/>
    public long? AvailableBytes(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Shares without a drive letter, for one. A disk that turns out full is told when it is.
            return null;
        }
    }

    /// <summary>Whether a failure to write means that the disk, or the user's part of it, is full.</summary>
    public static bool IsFull(IOException failure) => failure.HResult is LinuxNoSpace or LinuxQuota or MacQuota or WindowsNoSpace;
}
