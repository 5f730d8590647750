using System.Runtime.InteropServices;
using Depth2Img.Compute.Platform;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// Native memory, aligned to 64 bytes. Large buffers on Linux are mapped at 2 MiB boundaries and offered to the kernel for
/// huge pages: weights and pictures are walked with strides that would wear out the TLB otherwise.
/// </summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    /// <summary>The alignment of every buffer: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private const long MappedFrom = 2 * IOperatingSystem.HugePage;

    /// <summary>Where it matters how lines fall into cache sets, buffers from here on get a huge page: small ones lie in few sets anyway.</summary>
    private const long SmallestHuge = IOperatingSystem.HugePage / 16;

    private readonly bool _hugePages;
    private void* _data;
    private bool _mapped;

    /// <summary>Takes memory. Its content is arbitrary.</summary>
    /// <param name="bytes">How much; 0 is allowed.</param>
    /// <param name="hugePages">Whether to round a smaller buffer up to a huge page, whose lines are spread evenly over a cache's sets; pages that the system scatters may crowd some of them.</param>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public AlignedBuffer(long bytes, bool hugePages = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _hugePages = hugePages;
        Take(bytes);
    }

    /// <summary>The capacity, at least what was asked for.</summary>
    public long Bytes { get; private set; }

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

    /// <summary>Frees the memory if the owner forgot to.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>Takes more memory in place of what there is, if that is less; the content is arbitrary then.</summary>
    /// <param name="bytes">How much is needed.</param>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public void Reserve(long bytes)
    {
        if (bytes <= Bytes) return;
        Free();
        Take(bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Take(long bytes)
    {
        Bytes = Math.Max(Alignment, RoundUp(bytes, Alignment));
        if (Bytes >= (_hugePages ? SmallestHuge : MappedFrom))
        {
            long pages = RoundUp(Bytes, IOperatingSystem.HugePage);
            _data = CurrentSystem.Instance.MapHuge(pages);
            _mapped = _data != null;
            if (_mapped) Bytes = pages;
        }
        if (!_mapped) _data = NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);
    }

    private void Free()
    {
        if (_data == null) return;
        if (_mapped) CurrentSystem.Instance.Unmap(_data, Bytes);
        else NativeMemory.AlignedFree(_data);
        _data = null;
        _mapped = false;
    }

    private static long RoundUp(long value, long multiple) => (value + multiple - 1) / multiple * multiple;
}
