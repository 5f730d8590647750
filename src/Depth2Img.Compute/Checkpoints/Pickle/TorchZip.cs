namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// Torch's file form since 1.6: a zip that is not compressed, with the pickle as ROOT/data.pkl and each storage as
/// ROOT/data/KEY. (pytorch, torch/serialization.py.)
/// </summary>
internal static class TorchZip
{
    private const string PickleEntry = "data.pkl";

    /// <summary>Reads the pickle and finds the storages.</summary>
    /// <returns>The pickle's value.</returns>
    /// <exception cref="Depth2ImgException">The zip or the pickle is damaged, or holds what is not read.</exception>
    public static object? Read(MappedFile file, PickleBudget budget)
    {
        ZipDirectory zip = ZipDirectory.Read(file, budget);
        string root = FindRoot(zip, file.Path);
        RequireLittleEndian(zip, root + "byteorder", file);
        (long start, long length) = zip.Locate(root + PickleEntry);
        if (length > int.MaxValue) throw new Depth2ImgException($"'{file.Path}' is refused: its pickle has {length} bytes.");
        TorchStorages storages = new(file.Path, file.Length, budget);
        object? value = PickleReader.Read(file.Span(start, (int)length), file.Path, budget, storages, out _);
        foreach (TorchStorage storage in storages.All) Locate(storage, zip, root, file.Path);
        return value;
    }

    private static string FindRoot(ZipDirectory zip, string file)
    {
        string[] pickles = [.. zip.Names.Where(n => n.EndsWith($"/{PickleEntry}", StringComparison.Ordinal) && n.IndexOf('/', StringComparison.Ordinal) == n.Length - PickleEntry.Length - 1)];
        return pickles switch
        {
            [var one] => one[..^PickleEntry.Length],
            [] => throw new Depth2ImgException($"'{file}' is a zip, but no torch checkpoint: it has no {PickleEntry}. If a checkpoint was packed into it, unpack it."),
            _ => throw new Depth2ImgException($"'{file}' is a damaged zip: it has {pickles.Length} entries that could be its {PickleEntry}."),
        };
    }

    private static void RequireLittleEndian(ZipDirectory zip, string name, MappedFile file)
    {
        if (!zip.Contains(name)) return;
        (long start, long length) = zip.Locate(name);
        if (length > 16 || !file.Span(start, (int)length).Trim(" \r\n"u8).SequenceEqual("little"u8))
            throw new Depth2ImgException($"'{file.Path}' is refused: its numbers are written big-endian. Save it again on a common computer, or fetch it as safetensors.");
    }

    private static void Locate(TorchStorage storage, ZipDirectory zip, string root, string file)
    {
        // The name becomes part of an entry's name; torch writes numbers.
        if (storage.Key.Length == 0 || !storage.Key.All(char.IsAsciiLetterOrDigit))
            throw new Depth2ImgException($"'{file}' is refused: it refers to a storage '{SafetensorsHeader.Short(storage.Key)}', which is no name that torch gives.");
        (storage.Start, long length) = zip.Locate($"{root}data/{storage.Key}");
        if (length < storage.Bytes)
            throw new Depth2ImgException($"'{file}' is damaged: its storage '{storage.Key}' has {length} bytes where {storage.Bytes} are needed.");
    }
}
