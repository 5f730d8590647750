namespace Depth2Img.Pipelines;

/// <summary>What a request is at.</summary>
public enum GenerationStage
{
    /// <summary>Prompt and picture are encoded.</summary>
    Encoding,
    /// <summary>Depth is estimated.</summary>
    Depth,
    /// <summary>The UNet is evaluated.</summary>
    Denoising,
    /// <summary>Latents become pictures.</summary>
    Decoding,
}

/// <summary>How far a request is.</summary>
/// <param name="Stage">What it is at.</param>
/// <param name="Step">Evaluations of the UNet that are done, over all pictures.</param>
/// <param name="Steps">Evaluations in all.</param>
public readonly record struct GenerationProgress(GenerationStage Stage, int Step, int Steps)
{
    /// <summary>
    /// The picture that was just evaluated, decoded when asked for; null unless the request wants
    /// <see cref="DepthToImageRequest.Previews"/> and an evaluation was done.
    /// </summary>
    public GenerationPreview? Preview { get; init; }
}
