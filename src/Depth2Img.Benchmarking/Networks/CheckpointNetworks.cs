using Depth2Img.Checkpoints;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>The networks of a checkpoint.</summary>
internal sealed class CheckpointNetworks(Checkpoint checkpoint) : INetworkSource
{
    /// <inheritdoc/>
    public string Name => checkpoint.Name;

    /// <inheritdoc/>
    public int? PictureSide { get; } = checkpoint.Defaults.Size;

    /// <inheritdoc/>
    public bool Has(string component) => checkpoint.Has(component);

    /// <inheritdoc/>
    public JsonConfig Config(string component) => checkpoint.OpenConfig(component);

    /// <inheritdoc/>
    public IWeightSource Weights(string component) => checkpoint.OpenWeights(component);
}
