namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>The storages that a pickle refers to, each once however many tensors share it.</summary>
/// <param name="file">For messages.</param>
/// <param name="length">The file's length: no storage is longer.</param>
/// <param name="budget">Counts what they take.</param>
internal sealed class TorchStorages(string file, long length, PickleBudget budget)
{
    private const string Prefix = "torch.", Suffix = "Storage";

    private readonly Dictionary<string, TorchStorage> _byKey = new(StringComparer.Ordinal);

    public IReadOnlyCollection<TorchStorage> All => _byKey.Values;

    /// <summary>Finds a storage by its key.</summary>
    public TorchStorage? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>The storage that a persistent reference means: ("storage", type, key, device, count[, view]).</summary>
    /// <exception cref="Depth2ImgException">It means no storage, one of an unknown type, a view, or one that was described differently before.</exception>
    public TorchStorage Refer(object? reference)
    {
        if (reference is not PickleTuple { Items: ["storage", PickleName type, string key, _, long count, .. var rest] } || rest.Length > 1)
            throw PickleSource.Damaged(file, "a reference means no storage");
        if (rest is [not null])
            throw new Depth2ImgException($"'{file}' holds a storage that is a view of another, as torch wrote long ago; save it again with a newer torch, or fetch it as safetensors.");
        ElementType element = TypeOf(type.FullName);
        if (count < 0 || count > length / element.SizeInBytes())
            throw PickleSource.Damaged(file, $"the storage '{SafetensorsHeader.Short(key)}' has {count} elements, which a file of {length} bytes cannot hold");
        if (_byKey.TryGetValue(key, out TorchStorage? known))
        {
            return known.Type == element && known.Count == count
                ? known
                : throw PickleSource.Damaged(file, $"the storage '{SafetensorsHeader.Short(key)}' is described twice, differently");
        }
        budget.Take(160);
        TorchStorage storage = new(key, element, count);
        _byKey.Add(key, storage);
        return storage;
    }

    private ElementType TypeOf(string name) => name switch
    {
        Prefix + "Float" + Suffix => ElementType.Float32,
        Prefix + "Half" + Suffix => ElementType.Float16,
        Prefix + "BFloat16" + Suffix => ElementType.BFloat16,
        Prefix + "Double" + Suffix => ElementType.Float64,
        Prefix + "Long" + Suffix => ElementType.Int64,
        Prefix + "Int" + Suffix => ElementType.Int32,
        Prefix + "Short" + Suffix => ElementType.Int16,
        Prefix + "Char" + Suffix => ElementType.Int8,
        Prefix + "Byte" + Suffix => ElementType.UInt8,
        Prefix + "Bool" + Suffix => ElementType.Bool,
        _ => throw new Depth2ImgException($"'{file}' holds a storage of the type '{SafetensorsHeader.Short(name)}', which is not read; torch's float, half, bfloat16, double, integer and bool storages are."),
    };
}
