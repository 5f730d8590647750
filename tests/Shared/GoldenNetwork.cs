using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>
/// A file of reference values of a small network: its configuration in the metadata, its weights under "w." and the
/// checkpoint's own keys, its inputs and outputs beside them.
/// </summary>
internal sealed class GoldenNetwork : IDisposable
{
    private readonly SafetensorsFile _file;

    private GoldenNetwork(SafetensorsFile file)
    {
        _file = file;
        Weights = new PrefixedWeights(file, "w.");
    }

    public static GoldenNetwork Open(string name) => new(SafetensorsFile.Open(Repository.Golden(name)));

    /// <summary>Where the values come from.</summary>
    public string Description => _file.Description;

    /// <summary>The network's configuration, as JSON.</summary>
    public string Config => _file.Metadata["config"];

    /// <summary>The weights under the checkpoint's own keys.</summary>
    public IWeightSource Weights { get; }

    /// <summary>The keys that start with a prefix, without it.</summary>
    public IEnumerable<string> NamesUnder(string prefix) =>
        _file.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]).Order(StringComparer.Ordinal);

    /// <summary>A value's elements.</summary>
    public float[] Values(string name) => _file[name].ToFloats();

    /// <summary>A value's sizes.</summary>
    public int[] Sizes(string name) => _file[name].Dimensions.ToArray();

    public void Dispose() => _file.Dispose();
}
