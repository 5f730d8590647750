using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Tests.Support;

/// <summary>
/// Floats that end, or begin, at a page that may not be touched: one read or write beyond kills the test run. On systems
/// other than Linux ordinary memory, which proves nothing but keeps the tests running.
/// </summary>
internal sealed unsafe partial class GuardedFloats : IDisposable
{
    private readonly byte* _start;
    private readonly nuint _bytes;

    /// <summary>Copies values in.</summary>
    /// <param name="values">The content.</param>
    /// <param name="atEnd">Whether the guard follows the values, or goes before them.</param>
    public GuardedFloats(ReadOnlySpan<float> values, bool atEnd)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint content = ((nuint)values.Length * sizeof(float) + page - 1) / page * page;
        _bytes = content + 2 * page;
        Length = values.Length;
        if (OperatingSystem.IsLinux())
        {
            const int none = 0, readWrite = 3, privateAnonymous = 0x22;
            _start = (byte*)Mmap(null, _bytes, none, privateAnonymous, -1, 0);
            Assert.True(_start != (byte*)-1 && Mprotect(_start + page, content, readWrite) == 0, "no memory for guards");
        }
        else
        {
            _start = (byte*)NativeMemory.AlignedAlloc(_bytes, page);
        }
        byte* data = _start + page;
        Data = (float*)(atEnd ? data + content - (nuint)values.Length * sizeof(float) : data);
        values.CopyTo(Values);
    }

    public float* Data { get; }

    public int Length { get; }

    public Span<float> Values => new(Data, Length);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) _ = Munmap(_start, _bytes);
        else NativeMemory.AlignedFree(_start);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Mprotect(void* address, nuint length, int protection);
}
