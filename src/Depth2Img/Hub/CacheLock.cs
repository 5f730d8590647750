using Depth2Img.IO;

namespace Depth2Img.Hub;

/// <summary>
/// Lets one process at a time fetch a file. The lock is the system's own on a file below <c>.locks</c>, the same that
/// Python's filelock takes there, and ends with the process.
/// </summary>
internal static class CacheLock
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharing = unchecked((int)0x80070020);
    private const int WindowsLocked = unchecked((int)0x80070021);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for the lock; dispose the result to let go of it.</summary>
    /// <param name="path">The lock's file; it and its folder are made as needed, and stay.</param>
    /// <param name="waiting">Called once if another process has the lock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OutputException">The file cannot be made.</exception>
    public static async Task<IDisposable> AcquireAsync(string path, Action waiting, CancellationToken cancellationToken)
    {
        bool told = false;
        while (true)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (e.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharing or WindowsLocked)
            {
                if (!told) waiting();
                told = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new OutputException($"The cache cannot be written to: {e.Message.TrimEnd('.')}. HF_HOME names another place for it.", e);
            }
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }
}
