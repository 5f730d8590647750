using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// Native memory, aligned to 64 bytes. Large buffers on Linux are mapped at 2 MiB boundaries and offered to the kernel for
/// huge pages: weights and pictures are walked with strides that would wear out the TLB otherwise.
/// </summary>
internal sealed unsafe partial class AlignedBuffer : IDisposable
{
    /// <summary>The alignment of every buffer: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private const long HugePage = 2 << 20;
    private const long MappedFrom = 2 * HugePage;

    private void* _data;
    private readonly bool _mapped;

    /// <summary>Takes memory. Its content is arbitrary.</summary>
    /// <param name="bytes">How much; 0 is allowed.</param>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public AlignedBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = Math.Max(Alignment, RoundUp(bytes, Alignment));
        if (Bytes >= MappedFrom && OperatingSystem.IsLinux())
        {
            Bytes = RoundUp(Bytes, HugePage);
            _data = TryMap(Bytes);
            _mapped = _data != null;
        }
        if (!_mapped) _data = NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);
    }

    /// <summary>The capacity, at least what was asked for.</summary>
    public long Bytes { get; }

    /// <summary>The first byte.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public void* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data == null, this);
            return _data;
        }
    }

    /// <summary>Whether the memory is still there.</summary>
    public bool IsAlive => _data != null;

    /// <summary>Frees the memory if the owner forgot to.</summary>
    ~AlignedBuffer() => Free();

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data == null) return;
        if (_mapped) _ = Munmap(_data, (nuint)Bytes);
        else NativeMemory.AlignedFree(_data);
        _data = null;
    }

    private static void* TryMap(long bytes)
    {
        const int readWrite = 3, privateAnonymous = 0x22, adviseHugePage = 14;
        byte* start = (byte*)Mmap(null, (nuint)(bytes + HugePage), readWrite, privateAnonymous, -1, 0);
        if (start == (byte*)-1) return null;

        // One huge page more than needed was mapped, to cut an aligned piece out of it.
        byte* aligned = (byte*)RoundUp((long)start, HugePage);
        long before = aligned - start;
        if (before > 0) _ = Munmap(start, (nuint)before);
        if (before < HugePage) _ = Munmap(aligned + bytes, (nuint)(HugePage - before));

        // A kernel without huge pages refuses, which changes nothing but speed.
        _ = Madvise(aligned, (nuint)bytes, adviseHugePage);
        return aligned;
    }

    private static long RoundUp(long value, long multiple) => (value + multiple - 1) / multiple * multiple;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);
}
