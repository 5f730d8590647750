using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.Ldm;

/// <summary>
/// The tensors of one network in a one-file checkpoint (the layout of Stability's ldm and CompVis' latent-diffusion), by
/// the names that diffusers and transformers give them. Made by rule from the file's own keys, so that it fits any size
/// of network.
/// </summary>
public sealed class LdmKeyMap
{
    private readonly Dictionary<string, LdmKey> _keys = new(StringComparer.Ordinal);

    /// <summary>The file's key of each tensor, by the tensor's name in diffusers' layout.</summary>
    public IReadOnlyDictionary<string, LdmKey> Keys => _keys;

    /// <summary>Whether the network is in the file at all.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>The same tensors, under other keys.</summary>
    /// <param name="rename">Gives the key to read instead of a key.</param>
    public LdmKeyMap Renamed(Func<string, string> rename)
    {
        LdmKeyMap renamed = new();
        foreach ((string name, LdmKey key) in _keys) renamed._keys.Add(name, key with { Name = rename(key.Name) });
        return renamed;
    }

    /// <summary>The tensors of this network in an open file, under diffusers' names.</summary>
    /// <param name="file">The file; disposed with the result if it can be.</param>
    public IWeightSource Open(IWeightSource file) => new LdmWeights(file, this);

    /// <summary>Maps a whole tensor.</summary>
    internal void Add(string name, string key, bool isMatrix = false) => _keys.Add(name, new LdmKey(key, IsMatrix: isMatrix));

    /// <summary>Maps several tensors that the file has as one, one below the other.</summary>
    internal void AddRows(string key, params ReadOnlySpan<string> names)
    {
        for (int part = 0; part < names.Length; part++) _keys.Add(names[part], new LdmKey(key, part, names.Length));
    }
}
