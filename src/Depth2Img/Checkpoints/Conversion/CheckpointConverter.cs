using System.Text.Json.Nodes;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.IO;

namespace Depth2Img.Checkpoints.Conversion;

/// <summary>
/// Writes a checkpoint of any form as a folder in diffusers' layout with safetensors files. Weights go from file to
/// file a piece at a time; the folder appears whole or not at all.
/// </summary>
public static class CheckpointConverter
{
    /// <summary>What is kept free on the disk beside the checkpoint.</summary>
    private const long Reserve = 16 << 20;

    /// <summary>Converts a checkpoint.</summary>
    /// <param name="checkpoint">What to convert.</param>
    /// <param name="folder">The folder to be; the one above it must exist.</param>
    /// <param name="options">How; null keeps every tensor as it is.</param>
    /// <param name="cancellationToken">Ends the work; nothing is left behind.</param>
    /// <exception cref="OutputException">The folder exists, is part of the source, cannot be written, or the disk is too small.</exception>
    /// <exception cref="Depth2ImgException">A file of the checkpoint is missing or damaged, or a weight does not fit the precision.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ConversionReport Convert(Checkpoint checkpoint, string folder, ConversionOptions? options = null, CancellationToken cancellationToken = default) =>
        Convert(checkpoint, folder, options ?? new ConversionOptions(), FreeSpace, cancellationToken);

    /// <summary>The same with the asking for free space given, so that tests can have a full disk.</summary>
    internal static ConversionReport Convert(Checkpoint checkpoint, string folder, ConversionOptions options, Func<string, long> freeSpace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (options.Precision is not (null or ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16))
            throw new ArgumentException("Float32, Float16, BFloat16 or null.", nameof(options));
        string target = AtomicFolder.RequireName(folder, options.Overwrite);
        RequireReplaceable(checkpoint, folder, target);
        IReadOnlyList<CheckpointFile> files = checkpoint.ReadSmallFiles();
        long needed = Reserve + files.Sum(f => (long)f.Content.Length) + checkpoint.Networks.Sum(n => Measure(checkpoint, n, options.Precision, cancellationToken));
        long free = freeSpace(Path.GetDirectoryName(target)!);
        if (free < needed)
            throw new OutputException($"'{folder}' cannot be written: it needs {needed / 1_000_000} MB and the disk has {free / 1_000_000} MB left.");

        List<string> leftOut = [];
        List<ConvertedNetwork> networks = [];
        AtomicFolder.Write(folder, place =>
        {
            WriteFiles(files, place);
            foreach (CheckpointComponent network in checkpoint.Networks)
            {
                networks.Add(WriteNetwork(checkpoint, network, place, options.Precision, cancellationToken));
                options.NetworkWritten?.Invoke(networks[^1]);
            }
            leftOut = LeaveOut(place);
        }, options.Overwrite);
        return new ConversionReport(folder, networks, leftOut);
    }

    /// <summary>What stands in the folder's place may only be another checkpoint, never the source or a folder of somebody's pictures.</summary>
    private static void RequireReplaceable(Checkpoint checkpoint, string folder, string target)
    {
        string source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint.Path));
        if (source == target || source.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new OutputException($"'{folder}' holds the checkpoint that is to be converted; choose another folder.");
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, FolderFiles.IndexName)))
            throw new OutputException($"'{folder}' is no checkpoint folder, and only such a one is replaced; choose another name.");
    }

    private static long Measure(Checkpoint checkpoint, CheckpointComponent network, ElementType? precision, CancellationToken cancellationToken)
    {
        IWeightSource source = checkpoint.OpenWeights(network.Name);
        using IDisposable? file = source as IDisposable;
        return new WeightConversion(source, precision, cancellationToken).Items.Sum(item => item.Bytes);
    }

    private static void WriteFiles(IReadOnlyList<CheckpointFile> files, string place)
    {
        foreach (CheckpointFile file in files)
        {
            string path = Path.Combine(place, file.Name.Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Content);
        }
    }

    private static ConvertedNetwork WriteNetwork(Checkpoint checkpoint, CheckpointComponent network, string place, ElementType? precision, CancellationToken cancellationToken)
    {
        string name = network.Library == "diffusers" ? "diffusion_pytorch_model.safetensors" : "model.safetensors";
        IWeightSource source = checkpoint.OpenWeights(network.Name);
        using IDisposable? file = source as IDisposable;
        IReadOnlyList<SafetensorsItem> items = new WeightConversion(source, precision, cancellationToken).Items;
        string folder = Directory.CreateDirectory(Path.Combine(place, network.Name)).FullName;
        using FileStream stream = new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write);
        // What transformers and diffusers look for before they read a file.
        SafetensorsWriter.Write(stream, items, new Dictionary<string, string> { ["format"] = "pt" });
        stream.Flush(flushToDisk: true);
        return new ConvertedNetwork(network.Name, name, items.Count, items.Sum(item => item.Bytes));
    }

    /// <summary>Marks in the index the components that were not written as absent, as diffusers does.</summary>
    private static List<string> LeaveOut(string place)
    {
        string path = Path.Combine(place, FolderFiles.IndexName);
        JsonObject index = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        List<string> absent = [.. index.Where(entry => entry.Value is JsonArray { Count: 2 } pair && pair[0] is not null && !Directory.Exists(Path.Combine(place, entry.Key))).Select(entry => entry.Key)];
        if (absent.Count == 0) return absent;
        foreach (string name in absent) index[name] = new JsonArray(null, null);
        File.WriteAllBytes(path, FolderFiles.ToFile(FolderFiles.IndexName, index).Content);
        return absent;
    }

    private static long FreeSpace(string folder) => new DriveInfo(folder).AvailableFreeSpace;
}
