using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Pipelines;

/// <summary>What a request came to.</summary>
/// <param name="Images">The pictures, of the input's own size.</param>
/// <param name="Depth">The depth map that conditioned them, corrections applied, at the size it was estimated or given at; flat where none was followed.</param>
/// <param name="Settings">What was used, defaults filled in.</param>
/// <param name="Warnings">Whole sentences about what a person would want to know: a cut prompt, a fitted map.</param>
public sealed record DepthToImageResult(
    IReadOnlyList<Image> Images,
    DepthMap Depth,
    GenerationSettings Settings,
    IReadOnlyList<string> Warnings);
