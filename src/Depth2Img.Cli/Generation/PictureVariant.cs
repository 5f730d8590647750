using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Generation;

/// <summary>One request of a command line, which asks for several where its prompt holds choices or it names several styles.</summary>
/// <param name="Model">The model, with the LoRAs that the prompt names.</param>
/// <param name="Request">What to make.</param>
/// <param name="Outputs">The files of its pictures.</param>
internal sealed record PictureVariant(ModelChoice Model, DepthToImageRequest Request, IReadOnlyList<string> Outputs);

/// <summary>A variant that was made.</summary>
/// <param name="Variant">What was asked for.</param>
/// <param name="Result">What came of it.</param>
internal sealed record MadeVariant(PictureVariant Variant, DepthToImageResult Result);
