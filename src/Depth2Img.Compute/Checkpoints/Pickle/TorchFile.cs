namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// A checkpoint that torch saved (.ckpt, .pt, .pth, .bin), in either of its two forms, memory-mapped. Its pickle is
/// read as data: nothing in it can run. Tensors that lie contiguous in the file are used in place; others are copied
/// when they are asked for. Tensors must not be used after the file is disposed.
/// </summary>
public sealed class TorchFile : IWeightFile
{
    /// <summary>The dictionary in which training programs keep the weights beside other things.</summary>
    private const string StateDictionary = "state_dict";

    private static ReadOnlySpan<byte> ZipSignature => "PK\x03\x04"u8;

    private readonly MappedFile _file;
    private readonly Dictionary<string, TorchTensor> _tensors;

    private TorchFile(MappedFile file, PickleDictionary root, PickleBudget budget)
    {
        _file = file;
        Root = root;
        _tensors = Find(root, file.Path, budget);
        RequireMeasure();
    }

    /// <summary>The file's path.</summary>
    public string Description => _file.Path;

    /// <summary>The keys of the tensors in "state_dict" if there is one, else of those in the file's dictionary itself, else "OUTER.KEY" of those one dictionary further in.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The whole dictionary that was saved, for what stands in it beside the tensors.</summary>
    internal PickleDictionary Root { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="Depth2ImgException">The file is missing, cannot be read, is cut short or damaged, is no torch checkpoint, holds no tensors, or calls anything that is not on the short list of what checkpoints call.</exception>
    public static TorchFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        MappedFile file = MappedFile.Open(path);
        try
        {
            PickleBudget budget = new(path, file.Length);
            bool zip = file.Length >= ZipSignature.Length && file.Span(0, ZipSignature.Length).SequenceEqual(ZipSignature);
            object? value = zip ? TorchZip.Read(file, budget) : TorchLegacy.Read(file, budget);
            return value is PickleDictionary root
                ? new TorchFile(file, root, budget)
                : throw new Depth2ImgException($"'{path}' is a torch file, but no checkpoint: what was saved is no dictionary.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <inheritdoc/>
    public WeightTensor this[string name] => _tensors.TryGetValue(name, out TorchTensor? tensor)
        ? Read(name, tensor)
        : throw new KeyNotFoundException($"'{Description}' has no tensor '{name}'.");

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private WeightTensor Read(string name, TorchTensor tensor)
    {
        long start = tensor.Storage.Start + tensor.ByteOffset;
        if (tensor.IsContiguous) return new WeightTensor(name, tensor.Storage.Type, tensor.Dimensions, _file.Memory(start, tensor.Bytes));
        byte[] copy = GC.AllocateUninitializedArray<byte>(tensor.Bytes);
        tensor.Gather(_file.Span(start, (int)tensor.Reach), copy);
        return new WeightTensor(name, tensor.Storage.Type, tensor.Dimensions, copy);
    }

    private static Dictionary<string, TorchTensor> Find(PickleDictionary root, string file, PickleBudget budget)
    {
        PickleDictionary own = root;
        if (root.TryGet(StateDictionary, out object? state))
            own = state as PickleDictionary ?? throw new Depth2ImgException($"'{file}' is a torch file, but no checkpoint: its {StateDictionary} is no dictionary.");
        Dictionary<string, TorchTensor> tensors = new(StringComparer.Ordinal);
        Add(own, "");
        if (tensors.Count == 0)
        {
            foreach (string key in own.Keys)
            {
                if (own.TryGet(key, out PickleDictionary? inner)) Add(inner, $"{key}.");
            }
        }
        return tensors.Count > 0 ? tensors : throw new Depth2ImgException($"'{file}' is a torch file that holds no tensors.");

        void Add(PickleDictionary dictionary, string prefix)
        {
            foreach (string key in dictionary.Keys)
            {
                if (!dictionary.TryGet(key, out TorchTensor? tensor)) continue;
                // One dictionary can be the value of many keys.
                budget.Take(100 + 2L * (prefix.Length + key.Length));
                tensors[prefix + key] = tensor;
            }
        }
    }

    /// <summary>Views can repeat their storage, so that a small file asks for any amount.</summary>
    private void RequireMeasure()
    {
        const long smallest = 1 << 20;
        long total = 0;
        foreach ((string name, TorchTensor tensor) in _tensors)
        {
            total += tensor.Bytes;
            bool tooFar = !tensor.IsContiguous && (tensor.Reach > int.MaxValue || tensor.Bytes > _file.Length + smallest);
            if (tooFar || total > 4 * _file.Length + smallest)
                throw new Depth2ImgException($"'{Description}' is refused: with '{SafetensorsHeader.Short(name)}' its tensors take far more memory than a file of {_file.Length} bytes should need.");
        }
    }
}
