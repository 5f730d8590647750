using System.Diagnostics;
using Depth2Img.TestSupport;

namespace Depth2Img.Server.Tests.Hard;

/// <summary>
/// A disk that can be full: a small file system in memory where this user may mount one, else files that the system lets a
/// process write no longer (RLIMIT_FSIZE).
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _mounted;

    public SmallDisk(bool mount = true)
    {
        Path = Directory.CreateDirectory(_folder.File("disk")).FullName;
        _mounted = mount && Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", Path) == 0;
    }

    /// <summary>Its folder.</summary>
    public string Path { get; }

    /// <summary>How it is done.</summary>
    public string Kind => _mounted ? "a file system of 8 MiB" : "a limit of the process's files";

    /// <summary>What starts a program so that its disk can be full.</summary>
    public string[] Starter => _mounted ? [] : ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Makes it full for a process.</summary>
    public void Fill(int process)
    {
        if (!_mounted)
        {
            Assert.Equal(0, Run("prlimit", "--pid", $"{process}", "--fsize=0:unlimited"));
            return;
        }
        using FileStream ballast = new(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true) ballast.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives it room again.</summary>
    public void Free(int process)
    {
        if (_mounted) File.Delete(Ballast);
        else Assert.Equal(0, Run("prlimit", "--pid", $"{process}", "--fsize=unlimited:unlimited"));
    }

    public void Dispose()
    {
        if (_mounted) Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
