using Depth2Img.Compute;

namespace Depth2Img.Checkpoints.Conversion;

/// <summary>How a checkpoint is converted.</summary>
public sealed record ConversionOptions
{
    /// <summary>Float32, Float16 or BFloat16 for all weights; null keeps each tensor's own type.</summary>
    public ElementType? Precision { get; init; }

    /// <summary>Whether a checkpoint folder of the same name may be replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Told of each network when it has been written; may be null.</summary>
    public Action<ConvertedNetwork>? NetworkWritten { get; init; }
}
