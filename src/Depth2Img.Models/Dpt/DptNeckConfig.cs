using Depth2Img.Compute;

namespace Depth2Img.Models.Dpt;

/// <summary>The sizes of a <see cref="DptNeck"/>; every model with such a neck builds it from its own configuration.</summary>
internal sealed record DptNeckConfig
{
    /// <summary>Channels of the transformer's tokens.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Channels of each stage after reassembly, finest first.</summary>
    public required IReadOnlyList<int> NeckHiddenSizes { get; init; }

    /// <summary>How much each stage enlarges (or, below 1, shrinks) the grid of tokens.</summary>
    public required IReadOnlyList<double> ReassembleFactors { get; init; }

    /// <summary>How many stages, the first ones, get pictures from a backbone and are not reassembled.</summary>
    public int PictureStages { get; init; }

    /// <summary>What becomes of the class token.</summary>
    public required ReadoutType ReadoutType { get; init; }

    /// <summary>Follows the readout's projection.</summary>
    public Activation ReadoutActivation { get; init; }

    /// <summary>Channels of the fusion.</summary>
    public required int FusionHiddenSize { get; init; }

    /// <summary>Whether the convolutions of the fusion's residual units have biases.</summary>
    public bool FusionBias { get; init; } = true;

    /// <summary>Whether a fusion layer enlarges to the next stage's size; if not, and for the last layer, by 2.</summary>
    public bool FuseToNextSize { get; init; }
}
