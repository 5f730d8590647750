namespace Depth2Img.Pipelines;

/// <summary>What makes the picture of the final latents.</summary>
public enum LatentDecoder
{
    /// <summary>The checkpoint's own autoencoder, as in diffusers.</summary>
    Checkpoint,
    /// <summary>
    /// TAESD (Ollin Boer Bohan's taesd), a decoder of a hundredth of the work that was distilled from that of Stable
    /// Diffusion 1 and 2. It comes with the program.
    /// </summary>
    Taesd,
}
