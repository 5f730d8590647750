using Depth2Img.Adapters;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Embeddings;

namespace Depth2Img.Pipelines;

/// <summary>How a pipeline is loaded and what runs it.</summary>
public sealed record PipelineOptions
{
    /// <summary>
    /// What runs the networks; null makes the fastest CPU back end of this machine that <see cref="Precision"/> allows, or the one
    /// that the environment variable DEPTH2IMG_CPU names, owned by the pipeline.
    /// </summary>
    public IBackend? Backend { get; init; }

    /// <summary>
    /// What arithmetic is allowed where no <see cref="Backend"/> is given. <see cref="Precision.Float32"/> gives the reference's pictures
    /// on every machine; <see cref="Precision.Auto"/>, the default, may differ from them where 16-bit products are faster.
    /// </summary>
    public Precision Precision { get; init; }

    /// <summary>Which form of the checkpoint to take, where there are several, and what it does not tell of itself.</summary>
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>
    /// A depth ControlNet, so that a checkpoint of Stable Diffusion 1 or 2 without a depth channel follows depth; null for
    /// checkpoints with one.
    /// </summary>
    public ControlNetOptions? ControlNet { get; init; }

    /// <summary>
    /// Whether to run a text-to-image checkpoint (a UNet of 4 channels) as plain image-to-image: depth is neither estimated
    /// nor followed. Requests that say anything of depth are then refused, and so are checkpoints with a depth channel.
    /// </summary>
    public bool ImageToImage { get; init; }

    /// <summary>
    /// LoRAs and their kin to put into the UNet's and the text encoder's weights; several add up. They are merged while the
    /// networks are loaded, one tensor at a time, and cost nothing afterwards.
    /// </summary>
    public IReadOnlyList<AdapterOptions> Adapters { get; init; } = [];

    /// <summary>Textual inversions: words of their own for prompts, by vectors that are added to the text encoder's table.</summary>
    public IReadOnlyList<EmbeddingOptions> Embeddings { get; init; } = [];

    /// <summary>The folder of TAESD, the small decoder, in diffusers' layout; null takes the one that comes with the program.</summary>
    public string? TaesdFolder { get; init; }

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
