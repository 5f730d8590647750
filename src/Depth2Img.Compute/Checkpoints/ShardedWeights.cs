using System.Text.Json;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// A checkpoint that is cut into several files, found through its index (NAME.safetensors.index.json,
/// NAME.bin.index.json): the index's weight_map names, for each tensor, the file beside the index that holds it.
/// </summary>
public sealed class ShardedWeights : IWeightFile
{
    private const long MaxIndexLength = 100_000_000;

    private readonly Dictionary<string, IWeightFile> _shardOf;
    private readonly List<IWeightFile> _shards;

    private ShardedWeights(string path, Dictionary<string, IWeightFile> shardOf, List<IWeightFile> shards)
    {
        Description = path;
        _shardOf = shardOf;
        _shards = shards;
    }

    /// <summary>The index's path.</summary>
    public string Description { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _shardOf.Keys;

    /// <summary>Opens an index and every file that it names.</summary>
    /// <exception cref="Depth2ImgException">
    /// The index is missing or no such index, names a file that is not a plain name in its own folder, a file is
    /// missing or broken, or a file lacks a tensor that the index says it has.
    /// </exception>
    public static ShardedWeights Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Dictionary<string, string> map = ReadMap(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, IWeightFile> files = new(StringComparer.Ordinal);
        Dictionary<string, IWeightFile> shardOf = new(StringComparer.Ordinal);
        try
        {
            foreach ((string name, string fileName) in map)
            {
                if (!files.TryGetValue(fileName, out IWeightFile? file))
                {
                    RequirePlainName(fileName, path);
                    string shard = Path.Combine(folder, fileName);
                    if (!File.Exists(shard) && !WeightFiles.IsUnfinished(shard))
                        throw new Depth2ImgException($"'{path}' names the file '{fileName}', which is not in its folder. Fetch or copy the whole checkpoint.");
                    file = WeightFiles.OpenShard(shard);
                    files.Add(fileName, file);
                }
                if (!file.Contains(name))
                    throw new Depth2ImgException($"'{path}' says that '{fileName}' has the tensor '{SafetensorsHeader.Short(name)}', which it lacks.");
                shardOf.Add(name, file);
            }
        }
        catch
        {
            foreach (IWeightFile file in files.Values) file.Dispose();
            throw;
        }
        return new ShardedWeights(path, shardOf, [.. files.Values]);
    }

    /// <inheritdoc/>
    public bool Contains(string name) => _shardOf.ContainsKey(name);

    /// <inheritdoc/>
    public WeightTensor this[string name] => _shardOf.TryGetValue(name, out IWeightFile? shard)
        ? shard[name]
        : throw new KeyNotFoundException($"'{Description}' has no tensor '{name}'.");

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (IWeightFile shard in _shards) shard.Dispose();
    }

    private static Dictionary<string, string> ReadMap(string path)
    {
        byte[] bytes = CheckpointFiles.ReadSmall(path, MaxIndexLength);
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out JsonElement entries)
                || entries.ValueKind != JsonValueKind.Object)
                throw new Depth2ImgException($"'{path}' is no index of a checkpoint: it has no object 'weight_map'.");
            foreach (JsonProperty entry in entries.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String)
                    throw new Depth2ImgException($"'{path}' is a broken index: '{SafetensorsHeader.Short(entry.Name)}' is not given a file name.");
                if (!map.TryAdd(entry.Name, entry.Value.GetString()!))
                    throw new Depth2ImgException($"'{path}' is a broken index: '{SafetensorsHeader.Short(entry.Name)}' stands twice.");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new Depth2ImgException($"'{path}' is no index of a checkpoint: it is not valid JSON.", e);
        }
        if (map.Count == 0) throw new Depth2ImgException($"'{path}' is an index of no tensor at all.");
        return map;
    }

    /// <summary>An index must not lead out of its folder, on any system.</summary>
    private static void RequirePlainName(string fileName, string path)
    {
        bool plain = fileName.Length is > 0 and <= 255
            && fileName is not ("." or "..")
            && fileName.AsSpan().IndexOfAny('/', '\\', ':') < 0
            && !fileName.Any(char.IsControl);
        if (!plain)
            throw new Depth2ImgException($"'{path}' names the file '{SafetensorsHeader.Short(fileName)}'; only plain names in the index's own folder are allowed.");
    }
}
