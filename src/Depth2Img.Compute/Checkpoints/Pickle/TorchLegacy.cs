using System.Buffers.Binary;
using System.Numerics;

namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// Torch's file form before 1.6: five pickles one after the other (a number that marks the form, its version, what the
/// system was like, the value, the storages' keys), then each storage's length and elements. (pytorch,
/// torch/serialization.py, _legacy_load.)
/// </summary>
internal static class TorchLegacy
{
    private const long Version = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads the pickles and finds the storages.</summary>
    /// <returns>The fourth pickle's value.</returns>
    /// <exception cref="Depth2ImgException">The file is another one, cut short, damaged, or holds what is not read.</exception>
    public static object? Read(MappedFile file, PickleBudget budget)
    {
        TorchStorages none = new(file.Path, 0, budget), storages = new(file.Path, file.Length, budget);
        long position = 0;
        if (Next(none) is not BigInteger magic || magic != Magic)
            throw new Depth2ImgException($"'{file.Path}' is a Python pickle, but no torch checkpoint: it does not begin with torch's number.");
        if (Next(none) is not long version || version != Version)
            throw new Depth2ImgException($"'{file.Path}' is a torch checkpoint of an unknown version; {Version} is known.");
        if (Next(none) is not PickleDictionary system || !system.TryGet("little_endian", out object? little) || little is not true)
            throw new Depth2ImgException($"'{file.Path}' is refused: its numbers are not said to be little-endian. Save it again on a common computer, or fetch it as safetensors.");
        object? value = Next(storages);
        if (Next(none) is not PickleList keys) throw Damaged(file, "the list of its storages is none");
        Locate(keys, storages, file, position);
        return value;

        object? Next(TorchStorages referredTo)
        {
            ReadOnlySpan<byte> rest = file.Span(position, (int)Math.Min(file.Length - position, int.MaxValue));
            object? result = PickleReader.Read(rest, file.Path, budget, referredTo, out int length);
            position += length;
            return result;
        }
    }

    /// <summary>Walks through the storages in the order of their list.</summary>
    private static void Locate(PickleList keys, TorchStorages storages, MappedFile file, long position)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (object? item in keys.Items)
        {
            if (item is not string key || storages.Find(key) is not { } storage || !seen.Add(key))
                throw Damaged(file, "the list of its storages names one that no tensor lies in, or one twice");
            if (file.Length - position < sizeof(long)) throw CutShort(file);
            long count = BinaryPrimitives.ReadInt64LittleEndian(file.Span(position, sizeof(long)));
            if (count != storage.Count)
                throw Damaged(file, $"its storage '{SafetensorsHeader.Short(key)}' has {count} elements, and {storage.Count} were told of");
            position += sizeof(long);
            if (file.Length - position < storage.Bytes) throw CutShort(file);
            storage.Start = position;
            position += storage.Bytes;
        }
        if (seen.Count != storages.All.Count) throw Damaged(file, "the list of its storages is incomplete");
    }

    private static Depth2ImgException CutShort(MappedFile file) =>
        new($"'{file.Path}' is cut short: its tensors go on past its {file.Length} bytes. Fetch or copy it again.");

    private static Depth2ImgException Damaged(MappedFile file, string what) => new($"'{file.Path}' is a damaged torch checkpoint: {what}.");
}
