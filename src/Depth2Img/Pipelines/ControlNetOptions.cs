namespace Depth2Img.Pipelines;

/// <summary>The depth ControlNet that a pipeline is loaded with, so that a checkpoint without a depth channel follows depth.</summary>
/// <param name="Path">A folder in diffusers' layout, or one .safetensors file in the authors' own form (<c>control_model.</c>).</param>
public sealed record ControlNetOptions(string Path);
