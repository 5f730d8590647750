namespace Depth2Img.Server.Jobs;

/// <summary>A generation that was checked: what every API family makes of its own requests.</summary>
/// <param name="Parameters">The request without its pictures.</param>
/// <param name="Inputs">The pictures' files by name.</param>
internal sealed record GenerationSubmission(GenerationParameters Parameters, IReadOnlyDictionary<string, byte[]> Inputs);
