using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>A graph with a formula's weights, in a temporary folder of its own that goes when it is no longer needed, or with the next run if this one is killed.</summary>
internal sealed class OnnxModelFiles : IDisposable
{
    private const string KeyPrefix = "m.";

    private readonly TemporaryFolder _folder;

    private OnnxModelFiles(TemporaryFolder folder, string name)
    {
        _folder = folder;
        Path = System.IO.Path.Combine(folder.Path, name);
    }

    /// <summary>The graph's path.</summary>
    public string Path { get; }

    /// <summary>Copies a graph and writes its weights beside it.</summary>
    /// <param name="graph">The graph without weights.</param>
    /// <param name="weights">Has a tensor for every initializer, under its name without "m.".</param>
    /// <exception cref="Depth2ImgException">The graph does not fit the weights, or the disk has no room for them.</exception>
    public static OnnxModelFiles Write(string graph, IWeightSource weights)
    {
        string name = System.IO.Path.GetFileName(graph);
        byte[] file = File.ReadAllBytes(graph);
        IReadOnlyList<OnnxInitializer> initializers = OnnxGraph.Initializers(file);
        OnnxModelFiles files = new(TemporaryFolder.Create("depth2img-bench-"), name);
        try
        {
            files.RequireRoom(initializers);
            using (FileStream data = File.Create(System.IO.Path.Combine(files._folder.Path, $"{name}.data")))
            {
                foreach (OnnxInitializer initializer in initializers)
                {
                    ReadOnlyMemory<byte> values = Values(initializer, weights, name);
                    if (initializer.Location is null)
                    {
                        values.Span.CopyTo(file.AsSpan((int)initializer.Offset));
                        continue;
                    }
                    if (initializer.Location != $"{name}.data")
                        throw new Depth2ImgException($"'{name}' keeps '{initializer.Name}' in '{initializer.Location}'; '{name}.data' was expected.");
                    data.Position = initializer.Offset;
                    data.Write(values.Span);
                }
            }
            File.WriteAllBytes(files.Path, file);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose() => _folder.Dispose();

    private void RequireRoom(IReadOnlyList<OnnxInitializer> initializers)
    {
        long needed = initializers.Where(i => i.Location is not null).Select(i => i.Length).Sum();
        long free = new DriveInfo(_folder.Path).AvailableFreeSpace;
        if (free < needed)
            throw new Depth2ImgException($"ONNX Runtime's weights need {needed >> 20} MiB in '{System.IO.Path.GetTempPath()}', where {free >> 20} MiB are free; TMPDIR names another folder.");
    }

    private static ReadOnlyMemory<byte> Values(OnnxInitializer initializer, IWeightSource weights, string graph)
    {
        string key = initializer.Name.StartsWith(KeyPrefix, StringComparison.Ordinal) ? initializer.Name[KeyPrefix.Length..] : initializer.Name;
        if (!weights.Contains(key)) throw new Depth2ImgException($"'{graph}' has a constant '{initializer.Name}' that '{weights.Description}' does not know.");
        WeightTensor tensor = weights[key];
        if (initializer.Type != OnnxGraph.Float32 || initializer.Count != tensor.Count || initializer.Length != tensor.Data.Length)
            throw new Depth2ImgException($"'{graph}' has {initializer.Count} values of type {initializer.Type} in {initializer.Length} bytes for '{key}'; {tensor.Count} in single precision were expected.");
        return tensor.Data;
    }
}
