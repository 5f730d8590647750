using Depth2Img.Checkpoints;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>The networks of a checkpoint folder.</summary>
internal sealed class FolderNetworks(CheckpointFolder folder) : INetworkSource
{
    /// <inheritdoc/>
    public string Name => folder.Name;

    /// <inheritdoc/>
    public int? PictureSide { get; } = ModelDefaults.Read(folder.Path).Size;

    /// <inheritdoc/>
    public bool Has(string component) => folder.Has(component);

    /// <inheritdoc/>
    public JsonConfig Config(string component) => JsonConfig.Open(folder.FileOf(component, "config.json"));

    /// <inheritdoc/>
    public IWeightSource Weights(string component) => folder.OpenWeights(component);
}
