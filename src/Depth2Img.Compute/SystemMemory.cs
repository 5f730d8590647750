using System.Runtime.InteropServices;

namespace Depth2Img.Compute;

/// <summary>
/// What the operating system is asked about memory beyond taking and freeing it. Only Linux is asked; elsewhere
/// every method says no or does nothing, which changes no result.
/// </summary>
internal static unsafe partial class SystemMemory
{
    /// <summary>The alignment and the unit of <see cref="TryMapHuge"/>.</summary>
    public const long HugePage = 2 << 20;

    private const int AdviceDontNeed = 4;
    private const int AdviceHugePage = 14;

    /// <summary>Maps zeroed memory at a 2 MiB boundary and offers it to the kernel for huge pages.</summary>
    /// <param name="bytes">A multiple of <see cref="HugePage"/>.</param>
    /// <returns>Memory for <see cref="Unmap"/>, or null if the system has no such thing or no memory.</returns>
    public static void* TryMapHuge(long bytes)
    {
        const int readWrite = 3, privateAnonymous = 0x22;
        if (!OperatingSystem.IsLinux()) return null;
        byte* start = (byte*)Mmap(null, (nuint)(bytes + HugePage), readWrite, privateAnonymous, -1, 0);
        if (start == (byte*)-1) return null;

        // One huge page more than needed was mapped, to cut an aligned piece out of it.
        byte* aligned = (byte*)(((long)start + HugePage - 1) / HugePage * HugePage);
        long before = aligned - start;
        if (before > 0) _ = Munmap(start, (nuint)before);
        if (before < HugePage) _ = Munmap(aligned + bytes, (nuint)(HugePage - before));

        // A kernel without huge pages refuses, which changes nothing but speed.
        _ = Madvise(aligned, (nuint)bytes, AdviceHugePage);
        return aligned;
    }

    /// <summary>Frees what <see cref="TryMapHuge"/> gave.</summary>
    public static void Unmap(void* address, long bytes) => _ = Munmap(address, (nuint)bytes);

    /// <summary>
    /// Takes the pages of a file's mapping out of the process. They stay valid: whoever looks at them again has them
    /// mapped again, from the system's file cache as a rule.
    /// </summary>
    /// <param name="start">Where the mapping begins.</param>
    /// <param name="bytes">Its length.</param>
    public static void DropFilePages(void* start, long bytes)
    {
        // A refusal changes nothing but what the process is said to use.
        if (OperatingSystem.IsLinux()) _ = Madvise(start, (nuint)bytes, AdviceDontNeed);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);
}
