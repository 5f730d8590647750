namespace Depth2Img.Compute.Checkpoints;

/// <summary>Named tensors: a file, several shards of one, or values made on demand.</summary>
public interface IWeightSource
{
    /// <summary>Where the tensors come from, for messages: a file's path, as a rule.</summary>
    string Description { get; }

    /// <summary>The keys, in no particular order.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Whether there is a tensor of this key.</summary>
    bool Contains(string name);

    /// <summary>The tensor of this key. Cheap: bytes are not copied.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    WeightTensor this[string name] { get; }
}
