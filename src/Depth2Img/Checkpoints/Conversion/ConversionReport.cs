namespace Depth2Img.Checkpoints.Conversion;

/// <summary>One network that was written.</summary>
/// <param name="Component">Its folder: "unet".</param>
/// <param name="File">Its weights' file in that folder.</param>
/// <param name="Tensors">How many tensors there are.</param>
/// <param name="Bytes">What they take.</param>
public sealed record ConvertedNetwork(string Component, string File, int Tensors, long Bytes);

/// <summary>What a conversion wrote.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Networks">Its networks.</param>
/// <param name="LeftOut">Components of the checkpoint that no pipeline here has a use for, such as a safety checker.</param>
public sealed record ConversionReport(string Folder, IReadOnlyList<ConvertedNetwork> Networks, IReadOnlyList<string> LeftOut);
