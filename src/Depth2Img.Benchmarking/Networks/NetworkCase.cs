using Depth2Img.Compute;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>A network at a size, to be loaded and run.</summary>
/// <param name="Name">What is measured: "UNet step, batch 2, 64x64 latents".</param>
/// <param name="Component">Whose weights: "unet".</param>
/// <param name="Graph">The ONNX graph of the same arithmetic, without its extension, or null.</param>
/// <param name="Load">Builds the network.</param>
internal sealed record NetworkCase(string Name, string Component, string? Graph, Func<IBackend, LoadedNetwork> Load)
{
    /// <summary>The kind of pass without its size: "UNet step".</summary>
    public required string Work { get; init; }

    /// <summary>The side of the picture that it belongs to, where the pass grows with it.</summary>
    public int? PictureSide { get; init; }

    /// <summary>Whether the pipeline runs it in single precision on every tier.</summary>
    public bool IsFloat32 { get; init; }
}
