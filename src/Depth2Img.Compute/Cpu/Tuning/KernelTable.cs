using System.Text.Json;
using System.Text.Json.Serialization;

namespace Depth2Img.Compute.Cpu.Tuning;

/// <summary>
/// What each tier's kernels are cut into. The table is a file of the repository, kernels.json beside this one, that is built into the program:
/// the same build makes the same bits on every run. <c>depth2img bench --tune</c> measures candidates and writes the file anew.
/// </summary>
internal sealed class KernelTable
{
    private const string Resource = "Depth2Img.Compute.kernels.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    private static readonly Lazy<KernelTable> s_builtIn = new(ReadBuiltIn);

    private readonly Dictionary<CpuTier, KernelBlocks> _entries;

    private KernelTable(Dictionary<CpuTier, KernelBlocks> entries) => _entries = entries;

    /// <summary>The table that the program was built with.</summary>
    public static KernelTable BuiltIn => s_builtIn.Value;

    /// <summary>A tier's entry.</summary>
    public KernelBlocks this[CpuTier tier] => _entries[tier];

    /// <summary>Reads a table.</summary>
    /// <param name="json">An object with one member for each tier, by its name.</param>
    /// <exception cref="Depth2ImgException">It is none, lacks a tier, has one that there is not, or an entry's values are out of their ranges.</exception>
    public static KernelTable Parse(string json)
    {
        Dictionary<string, KernelBlocks?> named;
        try
        {
            named = JsonSerializer.Deserialize<Dictionary<string, KernelBlocks?>>(json, Options) ?? [];
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"The kernel table is no table of kernels: {e.Message}", e);
        }
        Dictionary<CpuTier, KernelBlocks> entries = [];
        foreach (CpuTier tier in Enum.GetValues<CpuTier>())
        {
            if (!named.Remove(tier.Name(), out KernelBlocks? blocks) || blocks is null) throw new Depth2ImgException($"The kernel table has no entry for '{tier.Name()}'.");
            blocks.Validate(tier.Name());
            entries.Add(tier, blocks);
        }
        return named.Count == 0 ? new KernelTable(entries) : throw new Depth2ImgException($"The kernel table has an entry for '{named.Keys.First()}', which is no processor tier.");
    }

    /// <summary>The table with another entry for a tier.</summary>
    public KernelTable With(CpuTier tier, KernelBlocks blocks) => new(new Dictionary<CpuTier, KernelBlocks>(_entries) { [tier] = blocks });

    /// <summary>The table as the file has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(_entries.OrderBy(e => e.Key).ToDictionary(e => e.Key.Name(), e => e.Value), Options) + "\n";

    private static KernelTable ReadBuiltIn()
    {
        using Stream stream = typeof(KernelTable).Assembly.GetManifestResourceStream(Resource)!;
        using StreamReader reader = new(stream);
        return Parse(reader.ReadToEnd());
    }
}
