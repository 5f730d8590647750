namespace Depth2Img.Pipelines;

/// <summary>What a region is to be denoised under.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="NegativePrompt">What to keep away from; may be empty.</param>
/// <param name="Settings">Guidance, and what work is saved.</param>
internal sealed record RegionPlan(string Prompt, string NegativePrompt, DenoiseSettings Settings);
