using Depth2Img.Schedulers;

namespace Depth2Img.Checkpoints;

/// <summary>How to open a checkpoint of which several forms are there, or that does not tell all of itself.</summary>
public sealed record CheckpointOptions
{
    /// <summary>A file variant to prefer in a folder ("fp16"); null takes the plain files.</summary>
    public string? Variant { get; init; }

    /// <summary>Whether to take the UNet's averaged weights (`model_ema`) of a one-file checkpoint that has both.</summary>
    public bool UseEma { get; init; }

    /// <summary>What the UNet predicts, where no file says so or says it wrongly; null believes the files.</summary>
    public PredictionType? PredictionType { get; init; }
}
