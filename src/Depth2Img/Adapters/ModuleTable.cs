using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>
/// The modules of a network under every name that adapters have for them. Adapters write underscores for dots, which
/// cannot be undone without knowing the names: so the table is made from the network's own.
/// </summary>
internal sealed class ModuleTable
{
    /// <summary>Some files and some networks leave this out of a text encoder's names.</summary>
    private const string TextRoot = "text_model_";

    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    private ModuleTable(IWeightSource network) => Network = network;

    /// <summary>The network's weights.</summary>
    public IWeightSource Network { get; }

    /// <summary>The modules of a UNet, under diffusers' names and the original ones.</summary>
    /// <param name="unet">Its weights, under diffusers' keys.</param>
    public static ModuleTable OfUnet(IWeightSource unet)
    {
        ModuleTable table = new(unet);
        List<string> modules = [.. Modules(unet)];
        foreach (string module in modules) table._keys[Flat(module)] = module + ".weight";
        foreach ((string module, string ldm) in LdmUnetNames.Of(modules)) table._keys.TryAdd(Flat(ldm), module + ".weight");
        return table;
    }

    /// <summary>The modules of a text encoder.</summary>
    /// <param name="textEncoder">Its weights, under transformers' keys.</param>
    public static ModuleTable OfTextEncoder(IWeightSource textEncoder)
    {
        ModuleTable table = new(textEncoder);
        foreach (string module in Modules(textEncoder)) table._keys[WithoutRoot(Flat(module))] = module + ".weight";
        return table;
    }

    /// <summary>The key of the weight that an adapter's module changes; null if there is none.</summary>
    /// <param name="module">The module, with dots or underscores between its segments.</param>
    public string? KeyOf(string module) => _keys.GetValueOrDefault(WithoutRoot(Flat(module)));

    private static IEnumerable<string> Modules(IWeightSource source) =>
        source.Names.Where(name => name.EndsWith(".weight", StringComparison.Ordinal)).Select(name => name[..^".weight".Length]);

    private static string Flat(string name) => name.Replace('.', '_');

    private static string WithoutRoot(string name) => name.StartsWith(TextRoot, StringComparison.Ordinal) ? name[TextRoot.Length..] : name;
}
