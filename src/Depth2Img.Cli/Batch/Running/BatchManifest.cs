using System.Text;
using System.Text.Json;

namespace Depth2Img.Cli.Batch.Running;

/// <summary>An output as it was made.</summary>
/// <param name="Output">The file, relative to the batch's folder, with slashes.</param>
/// <param name="Sha256">Of the file's contents.</param>
/// <param name="Job">The identity of the job that made it.</param>
internal sealed record ManifestEntry(string Output, string Sha256, string Job);

/// <summary>
/// What a batch has made: a file of JSON lines that only grows. An entry is on the disk before its output takes its name, so that
/// there is no moment at which a finished output is unknown; an entry whose output never came is told by the contents' hash.
/// </summary>
internal sealed class BatchManifest : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Dictionary<string, List<ManifestEntry>> _entries = [];
    private readonly FileStream _file;

    /// <summary>Opens or makes a manifest.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public BatchManifest(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        byte[] bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        // A line that a kill cut off has no end; the next entry takes its place.
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        _file.SetLength(end);
        _file.Position = end;
        foreach (string line in Encoding.UTF8.GetString(bytes.AsSpan(0, end)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryRead(line) is { } entry) Remember(entry);
        }
    }

    /// <summary>What was made under a name, the oldest first.</summary>
    public IReadOnlyList<ManifestEntry> this[string output] => _entries.TryGetValue(output, out List<ManifestEntry>? entries) ? entries : [];

    /// <summary>Adds an entry and waits until it is on the disk.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(ManifestEntry entry)
    {
        long start = _file.Position;
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, Json) + "\n"));
            _file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A full disk takes part of a line; the next entry must not stand behind it.
            _file.SetLength(start);
            _file.Position = start;
            throw;
        }
        Remember(entry);
    }

    public void Dispose() => _file.Dispose();

    private void Remember(ManifestEntry entry)
    {
        if (!_entries.TryGetValue(entry.Output, out List<ManifestEntry>? entries)) _entries[entry.Output] = entries = [];
        entries.Add(entry);
    }

    /// <summary>Reads a line; null for one that was damaged, whose output then counts as no work of the batch.</summary>
    private static ManifestEntry? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ManifestEntry>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
