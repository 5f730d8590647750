using Depth2Img.Compute;

namespace Depth2Img.Pipelines;

/// <summary>How a pipeline is loaded and what runs it.</summary>
public sealed record PipelineOptions
{
    /// <summary>What runs the networks; null makes the fastest CPU back end of this machine, owned by the pipeline.</summary>
    public IBackend? Backend { get; init; }

    /// <summary>A file variant to prefer ("fp16"); null takes the plain files.</summary>
    public string? Variant { get; init; }

    /// <summary>The folder of TAESD, the small decoder, in diffusers' layout; null takes the one that comes with the program.</summary>
    public string? TaesdFolder { get; init; }

    /// <summary>The folder of the Tiefenrausch depth network; null takes the one that comes with the program.</summary>
    public string? TiefenrauschFolder { get; init; }
}
