using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Platform;

/// <summary>Linux. Machine code and tile registers are refused on processors other than x64: the code that the program assembles is for those.</summary>
internal sealed unsafe partial class LinuxSystem : IOperatingSystem
{
    private const int PrivateAnonymous = 0x22;
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;

    private static readonly void* s_failed = (void*)-1;

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <inheritdoc/>
    public void* MapCode(ReadOnlySpan<byte> code)
    {
        if (!IsX64) return null;
        nuint length = (nuint)code.Length;
        void* pages = Mmap(null, length, ReadWrite, PrivateAnonymous, -1, 0);
        if (pages == s_failed) return null;
        code.CopyTo(new Span<byte>(pages, code.Length));
        if (Mprotect(pages, length, ReadExecute) == 0) return pages;

        // Hardened systems allow no page to become executable.
        _ = Munmap(pages, length);
        return null;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Refused by kernels older than 5.16, by those that hide tiles, and where a thread's stack for signals is too small for the larger
    /// frame that tiles need.
    /// </remarks>
    public bool PermitTileRegisters()
    {
        const nint archPrctl = 158, requestPermission = 0x1023, tileData = 18;
        return IsX64 && Syscall(archPrctl, requestPermission, tileData) == 0;
    }

    /// <inheritdoc/>
    public void* MapHuge(long bytes)
    {
        const long hugePage = IOperatingSystem.HugePage;
        const int adviceHugePage = 14;
        byte* start = (byte*)Mmap(null, (nuint)(bytes + hugePage), ReadWrite, PrivateAnonymous, -1, 0);
        if (start == s_failed) return null;

        // One huge page more than needed was mapped, to cut an aligned piece out of it.
        byte* aligned = (byte*)(((long)start + hugePage - 1) / hugePage * hugePage);
        long before = aligned - start;
        if (before > 0) _ = Munmap(start, (nuint)before);
        if (before < hugePage) _ = Munmap(aligned + bytes, (nuint)(hugePage - before));

        // A kernel without huge pages refuses, which changes nothing but speed.
        _ = Madvise(aligned, (nuint)bytes, adviceHugePage);
        return aligned;
    }

    /// <inheritdoc/>
    public void Unmap(void* address, long bytes) => _ = Munmap(address, (nuint)bytes);

    /// <inheritdoc/>
    public void DropFilePages(void* start, long bytes)
    {
        const int adviceDontNeed = 4;
        // A refusal changes nothing but what the process is said to use.
        _ = Madvise(start, (nuint)bytes, adviceDontNeed);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Syscall(nint number, nint first, nint second);
}
