using System.Buffers.Binary;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// A safetensors file, memory-mapped: opening reads the header alone, and a tensor's bytes come from disk when they
/// are first looked at. Pages that were looked at do not pile up in the process: from time to time all are given back,
/// and tensors still in use get theirs again by themselves. Tensors must not be used after the file is disposed.
/// </summary>
public sealed class SafetensorsFile : IWeightFile
{
    private readonly Dictionary<string, SafetensorsEntry> _entries;
    private readonly MappedFile _file;
    private readonly long _dataStart;

    private SafetensorsFile(MappedFile file, List<SafetensorsEntry> entries, Dictionary<string, string> metadata, long dataStart)
    {
        _entries = entries.ToDictionary(e => e.Name);
        Metadata = metadata;
        _file = file;
        _dataStart = dataStart;
    }

    /// <summary>The file's path.</summary>
    public string Description => _file.Path;

    /// <summary>The header's free texts.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Opens a file and checks its header against its length.</summary>
    /// <exception cref="Depth2ImgException">The file is missing, cannot be read, is cut short, or is no safetensors file (a Git LFS pointer, for instance).</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        MappedFile file = MappedFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafetensorsFile Read(MappedFile file)
    {
        if (file.Length < sizeof(ulong))
            throw new Depth2ImgException($"'{file.Path}' is no safetensors file: it has {file.Length} bytes.");
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(file.Span(0, sizeof(ulong)));
        if (headerLength > SafetensorsHeader.MaxLength)
            throw new Depth2ImgException($"'{file.Path}' is no safetensors file: its first bytes name a header of {headerLength} bytes, and {SafetensorsHeader.MaxLength} is the most.");
        long dataStart = sizeof(ulong) + (long)headerLength;
        if (dataStart > file.Length)
            throw new Depth2ImgException($"'{file.Path}' is cut short or no safetensors file: its header takes {headerLength} bytes and {file.Length - sizeof(ulong)} are there.");
        var (entries, metadata) = SafetensorsHeader.Parse(file.Span(sizeof(ulong), (int)headerLength), file.Length - dataStart, file.Path);
        return new SafetensorsFile(file, entries, metadata, dataStart);
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
            return new WeightTensor(name, entry.Type, entry.Dimensions, _file.Memory(_dataStart + entry.Begin, (int)(entry.End - entry.Begin)));
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
