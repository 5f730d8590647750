using System.Collections.ObjectModel;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>
/// One file of a LoRA or of its kin, in any of the dresses that people meet: kohya's (with diffusers' or the original
/// module names), PEFT's as diffusers writes it or as PEFT itself does, and the two older ones of diffusers. Opening reads
/// the header alone; factors are read when a weight is merged.
/// </summary>
internal sealed class AdapterFile : IDisposable
{
    private const string PeftConfigName = "adapter_config.json";

    private readonly IWeightFile _source;

    private AdapterFile(string path, IWeightFile source, IReadOnlyList<AdapterModule> modules, IReadOnlyList<string> unknownKeys)
    {
        Path = path;
        _source = source;
        Modules = modules;
        UnknownKeys = unknownKeys;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The header's free texts; torch's files have none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => MetadataOf(_source);

    /// <summary>The modules that it changes, in the file's order.</summary>
    public IReadOnlyList<AdapterModule> Modules { get; }

    /// <summary>Keys that are no adapter's.</summary>
    public IReadOnlyList<string> UnknownKeys { get; }

    /// <summary>The family of models that its keys name, where that is none of those with a UNet and one text encoder; else null.</summary>
    public string? ForeignFamily { get; private init; }

    /// <summary>The width of the text that its modules look at, the UNet's first; null if none does.</summary>
    public long? TextWidth => Modules.OrderBy(m => m.IsOfTextEncoder).Select(m => m.TextWidth).FirstOrDefault(w => w is not null);

    /// <summary>Whether a file holds tensors that are named as an adapter's, those of refused kinds included.</summary>
    /// <exception cref="Depth2ImgException">It is no file of tensors, or damaged.</exception>
    public static bool HasAdapterKeys(string path)
    {
        using IWeightFile file = WeightFiles.Open(path);
        return file.Names.Any(name => UnsupportedAdapter.KindOf(name) is not null || (AdapterKey.TryParse(name, out AdapterKey key) && key.Factor != AdapterFactor.Alpha));
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">A safetensors or torch file; PEFT's settings may lie beside it.</param>
    /// <param name="network">The network that it is for where its keys do not say.</param>
    /// <exception cref="Depth2ImgException">It is missing or damaged, no adapter, or one of a kind that is refused.</exception>
    public static AdapterFile Open(string path, AdapterNetwork network = AdapterNetwork.Either)
    {
        IWeightFile file = WeightFiles.Open(path);
        try
        {
            string beside = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, PeftConfigName);
            bool isPeft = file.Names.Any(name => name.StartsWith("base_model.model.", StringComparison.Ordinal));
            PeftSettings? settings = isPeft && File.Exists(beside) ? PeftSettings.FromFile(beside) : null;
            return Read(path, file, settings, network);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private static AdapterFile Read(string path, IWeightFile source, PeftSettings? settings, AdapterNetwork network)
    {
        Dictionary<(AdapterNetwork, string), AdapterFactors> modules = [];
        List<string> unknown = [];
        string? family = null;
        foreach (string key in source.Names.Order(StringComparer.Ordinal))
        {
            if (UnsupportedAdapter.KindOf(key) is { } kind)
                throw new Depth2ImgException($"'{path}' is {kind} ('{key}'), which is not supported; LoRA, LoCon, LoHa and LoKr are.");
            family ??= UnsupportedAdapter.FamilyOf(key);
            if (!AdapterKey.TryParse(key, out AdapterKey parsed))
            {
                unknown.Add(key);
                continue;
            }
            (AdapterNetwork, string) id = (parsed.Network == AdapterNetwork.Either ? network : parsed.Network, parsed.Module);
            if (!modules.TryGetValue(id, out AdapterFactors? factors)) modules.Add(id, factors = new AdapterFactors(source, parsed.Module));
            factors.Add(parsed.Factor, key);
        }
        if (modules.Count == 0) throw NoAdapter(path, source.Names);
        PeftSettings? unet = settings ?? PeftSettings.FromHeader(MetadataOf(source), "unet", path);
        PeftSettings? text = settings ?? PeftSettings.FromHeader(MetadataOf(source), "text_encoder", path);
        AdapterModule[] read = [.. modules.Select(m => ReadModule(m.Key.Item1, m.Value, m.Key.Item1 == AdapterNetwork.TextEncoder ? text : unet))];
        return new AdapterFile(path, source, read, unknown) { ForeignFamily = family };
    }

    private static IReadOnlyDictionary<string, string> MetadataOf(IWeightFile file) =>
        (file as SafetensorsFile)?.Metadata ?? ReadOnlyDictionary<string, string>.Empty;

    private static AdapterModule ReadModule(AdapterNetwork network, AdapterFactors factors, PeftSettings? settings)
    {
        float? alpha = factors.Alpha();
        Func<int, float> scale = rank => alpha is float a ? a / rank : settings?.ScaleOf(factors.Module, rank) ?? 1;
        if (factors.Has(AdapterFactor.HadaW1A) || factors.Has(AdapterFactor.HadaW1B)) return HadamardModule.Read(network, factors, scale);
        if (HasKronecker(factors))
            return KroneckerModule.Read(network, factors, scale, settings is { IsLoKr: true } ? settings.WholeScaleOf(factors.Module) : 1);
        return LowRankModule.Read(network, factors, scale);
    }

    private static bool HasKronecker(AdapterFactors factors) =>
        factors.Has(AdapterFactor.LokrW1) || factors.Has(AdapterFactor.LokrW1A) || factors.Has(AdapterFactor.LokrW2) || factors.Has(AdapterFactor.LokrW2A);

    private static Depth2ImgException NoAdapter(string path, IReadOnlyCollection<string> names)
    {
        if (names.Contains("emb_params"))
            return new Depth2ImgException($"'{path}' is a textual inversion, not a LoRA; --embedding takes it.");
        if (names.Any(name => name.StartsWith("model.diffusion_model.", StringComparison.Ordinal)))
            return new Depth2ImgException($"'{path}' is a whole checkpoint, not a LoRA; --model takes it.");
        string first = names.Count == 0 ? "no tensors" : $"{names.Count} tensors such as {string.Join(", ", names.Order(StringComparer.Ordinal).Take(3).Select(n => $"'{n}'"))}";
        return new Depth2ImgException($"'{path}' is no LoRA: it holds {first}, and none of their names is one of an adapter's factors.");
    }
}
