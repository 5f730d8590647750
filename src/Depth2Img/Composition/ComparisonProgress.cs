using Depth2Img.Pipelines;

namespace Depth2Img.Composition;

/// <summary>How far a comparison is.</summary>
/// <param name="Picture">Which picture is being made, from 0.</param>
/// <param name="Pictures">How many there are.</param>
/// <param name="Method">How it is made.</param>
/// <param name="Strength">Its strength.</param>
/// <param name="Generation">How far it is, with its preview if the request wants them.</param>
public readonly record struct ComparisonProgress(int Picture, int Pictures, ComparisonMethod Method, double Strength, GenerationProgress Generation);
