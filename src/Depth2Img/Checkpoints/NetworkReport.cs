namespace Depth2Img.Checkpoints;

/// <summary>One network of a checkpoint.</summary>
/// <param name="Component">Its folder: "unet".</param>
/// <param name="ClassName">Its class.</param>
/// <param name="Parameters">Floating-point values.</param>
/// <param name="Bytes">Bytes of its tensors.</param>
/// <param name="Precision">The element types, the most frequent first: "Float16".</param>
public sealed record NetworkReport(string Component, string ClassName, long Parameters, long Bytes, string Precision);
