using System.Buffers;
using System.IO.MemoryMappedFiles;
using Depth2Img.Compute.Platform;
using Microsoft.Win32.SafeHandles;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// A whole file as memory, of which pieces of up to 2 GiB are handed out without copying. Pages that were looked at do
/// not pile up in the process: from time to time all are given back, and pieces still in use get theirs again by
/// themselves. Pieces must not be used after the file is closed.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    /// <summary>Bytes handed out between two givings-back: small beside any network, and many tensors long.</summary>
    private const long DropEvery = 32 << 20;

    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private long _handedOut;
    private bool _closed;

    private MappedFile(MemoryMappedFile mapping, string path, long length)
    {
        Path = path;
        Length = length;
        _mapping = mapping;
        _view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
    }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes, from 1.</summary>
    public long Length { get; }

    /// <summary>Opens a file that must hold something.</summary>
    /// <exception cref="Depth2ImgException">It is missing, a folder, empty, a stand-in for a checkpoint, or cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        SafeFileHandle handle = CheckpointFiles.Open(path);
        try
        {
            long length = RandomAccess.GetLength(handle);
            Span<byte> start = stackalloc byte[(int)Math.Min(length, CheckpointFiles.SignatureLength)];
            CheckpointFiles.ReadExactly(handle, start, 0, path);
            CheckpointFiles.RequireContent(start, length, path);
            return Map(handle, path, length);
        }
        catch (Exception e)
        {
            handle.Dispose();
            if (e is IOException or UnauthorizedAccessException or NotSupportedException) throw CheckpointFiles.CannotRead(path, e);
            throw;
        }
    }

    // The handle is the mapping's from here on. The length is from 1: systems refuse empty mappings.
    private static MappedFile Map(SafeFileHandle handle, string path, long length)
    {
        MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            return new MappedFile(mapping, path, length);
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    /// <summary>Bytes to look at now.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        RequireInside(offset, length);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <summary>Bytes to keep: a tensor's.</summary>
    public ReadOnlyMemory<byte> Memory(long offset, int length)
    {
        RequireInside(offset, length);
        if (Interlocked.Add(ref _handedOut, length) > DropEvery)
        {
            Interlocked.Exchange(ref _handedOut, length);
            CurrentSystem.Instance.DropFilePages(_start, Length);
        }
        return new Piece(this, _start + offset, length).Memory;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
    }

    private void RequireInside(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(MappedFile));
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
    }

    private sealed class Piece(MappedFile owner, byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(owner._closed, typeof(MappedFile));
            return new Span<byte>(start, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
