using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Depth2Img.Compute.Platform;
using Microsoft.Win32.SafeHandles;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// A safetensors file, memory-mapped: opening reads the header alone, and a tensor's bytes come from disk when they
/// are first looked at. Pages that were looked at do not pile up in the process: from time to time all are given back,
/// and tensors still in use get theirs again by themselves. Tensors must not be used after the file is disposed.
/// </summary>
public sealed class SafetensorsFile : IWeightSource, IDisposable
{
    private readonly Dictionary<string, SafetensorsEntry> _entries;
    private readonly MemoryMappedFile? _mapping;
    private readonly MappedMemory? _memory;
    private readonly long _dataStart;

    private SafetensorsFile(string path, List<SafetensorsEntry> entries, Dictionary<string, string> metadata,
        MemoryMappedFile? mapping, MappedMemory? memory, long dataStart)
    {
        Description = path;
        _entries = entries.ToDictionary(e => e.Name);
        Metadata = metadata;
        _mapping = mapping;
        _memory = memory;
        _dataStart = dataStart;
    }

    /// <summary>The file's path.</summary>
    public string Description { get; }

    /// <summary>The header's free texts.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Opens a file and checks its header against its length.</summary>
    /// <exception cref="Depth2ImgException">The file is missing, cannot be read, is cut short, or is no safetensors file (a Git LFS pointer, for instance).</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SafeFileHandle handle = CheckpointFiles.Open(path);
        try
        {
            return Open(handle, path);
        }
        catch (Exception e)
        {
            handle.Dispose();
            if (e is IOException or UnauthorizedAccessException or NotSupportedException) throw CheckpointFiles.CannotRead(path, e);
            throw;
        }
    }

    private static SafetensorsFile Open(SafeFileHandle handle, string path)
    {
        long length = RandomAccess.GetLength(handle);
        Span<byte> start = stackalloc byte[(int)Math.Min(length, CheckpointFiles.SignatureLength)];
        CheckpointFiles.ReadExactly(handle, start, 0, path);
        CheckpointFiles.RequireContent(start, length, path);
        if (length < sizeof(ulong))
            throw new Depth2ImgException($"'{path}' is no safetensors file: it has {length} bytes.");
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (headerLength > SafetensorsHeader.MaxLength)
            throw new Depth2ImgException($"'{path}' is no safetensors file: its first bytes name a header of {headerLength} bytes, and {SafetensorsHeader.MaxLength} is the most.");
        long dataStart = sizeof(ulong) + (long)headerLength;
        if (dataStart > length)
            throw new Depth2ImgException($"'{path}' is cut short or no safetensors file: its header takes {headerLength} bytes and {length - sizeof(ulong)} are there.");
        byte[] header = new byte[(int)headerLength];
        CheckpointFiles.ReadExactly(handle, header, sizeof(ulong), path);
        var (entries, metadata) = SafetensorsHeader.Parse(header, length - dataStart, path);
        if (length == dataStart)
        {
            // Nothing to map: systems refuse empty mappings.
            handle.Dispose();
            return new SafetensorsFile(path, entries, metadata, null, null, dataStart);
        }
        // The mapping owns the file handle from here on.
        MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            return new SafetensorsFile(path, entries, metadata, mapping, new MappedMemory(mapping, length), dataStart);
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <inheritdoc/>
    public WeightTensor this[string name]
    {
        get
        {
            if (!_entries.TryGetValue(name, out SafetensorsEntry entry))
                throw new KeyNotFoundException($"'{Description}' has no tensor '{name}'.");
            ReadOnlyMemory<byte> data = _memory is null ? default : _memory.Slice(_dataStart + entry.Begin, (int)(entry.End - entry.Begin));
            return new WeightTensor(name, entry.Type, entry.Dimensions, data);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _memory?.Release();
        _mapping?.Dispose();
    }

    /// <summary>A whole mapping, of which pieces of up to 2 GiB are handed out as memory.</summary>
    private sealed unsafe class MappedMemory
    {
        /// <summary>Bytes handed out between two givings-back: small beside any network, and many tensors long.</summary>
        private const long DropEvery = 32 << 20;

        private readonly MemoryMappedViewAccessor _view;
        private readonly byte* _start;
        private readonly long _length;
        private long _handedOut;
        private bool _released;

        public MappedMemory(MemoryMappedFile mapping, long length)
        {
            _view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            _start = pointer + _view.PointerOffset;
            _length = length;
        }

        public ReadOnlyMemory<byte> Slice(long offset, int length)
        {
            ObjectDisposedException.ThrowIf(_released, typeof(SafetensorsFile));
            if (Interlocked.Add(ref _handedOut, length) > DropEvery)
            {
                Interlocked.Exchange(ref _handedOut, length);
                CurrentSystem.Instance.DropFilePages(_start, _length);
            }
            return new Piece(this, _start + offset, length).Memory;
        }

        public void Release()
        {
            if (_released) return;
            _released = true;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }

        private sealed class Piece(MappedMemory owner, byte* start, int length) : MemoryManager<byte>
        {
            public override Span<byte> GetSpan()
            {
                ObjectDisposedException.ThrowIf(owner._released, typeof(SafetensorsFile));
                return new Span<byte>(start, length);
            }

            public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

            public override void Unpin() { }

            protected override void Dispose(bool disposing) { }
        }
    }
}
