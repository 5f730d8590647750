using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;

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

    /// <summary>A file variant to prefer ("fp16"); null takes the plain files.</summary>
    public string? Variant { get; init; }

    /// <summary>The folder of the Tiefenrausch depth network; null takes the one that comes with the program.</summary>
    public string? TiefenrauschFolder { get; init; }
}
