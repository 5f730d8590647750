using Depth2Img.Compute;

namespace Depth2Img.Pipelines;

/// <summary>How a pipeline is loaded and what runs it.</summary>
public sealed record PipelineOptions
{
    /// <summary>What runs the networks; null makes the fastest CPU back end of this machine, owned by the pipeline.</summary>
    public IBackend? Backend { get; init; }

    /// <summary>A file variant to prefer ("fp16"); null takes the plain files.</summary>
    public string? Variant { get; init; }

    /// <summary>The folder of the Tiefenrausch depth network; null takes the one that comes with the program.</summary>
    public string? TiefenrauschFolder { get; init; }

    /// <summary>
    /// Whether to load the text encoder, the depth network and the UNet only for the stage that needs each, and to let
    /// go of it afterwards: the memory of the largest one instead of that of all, for a pipeline that makes one
    /// picture. Every picture loads them anew, and faults inside a network's file are found only then.
    /// </summary>
    public bool LowMemory { get; init; }

    /// <summary>
    /// The largest picture that is decoded whole, in latent pixels (an eighth of the picture's in each direction);
    /// larger ones are decoded in tiles, which take less memory (a quarter less at 1024x1024 pixels with Stable
    /// Diffusion's autoencoder) and give the same picture up to rounding. The default is 768x768 pixels.
    /// </summary>
    public int WholeDecodeLimit { get; init; } = 96 * 96;
}
