using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>Linux on x64.</summary>
internal sealed unsafe partial class LinuxSystem : IOperatingSystem
{
    /// <inheritdoc/>
    public void* MapCode(ReadOnlySpan<byte> code)
    {
        const int readWrite = 3, readExecute = 5, privateAnonymous = 0x22;
        nuint length = (nuint)code.Length;
        void* pages = Mmap(null, length, readWrite, privateAnonymous, -1, 0);
        if (pages == (void*)-1) return null;
        code.CopyTo(new Span<byte>(pages, code.Length));
        if (Mprotect(pages, length, readExecute) == 0) return pages;

        // Hardened systems allow no page to become executable.
        _ = Munmap(pages, length);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);
}
