namespace Depth2Img.Compute;

/// <summary>
/// A group normalisation and the activation after it, as an op applies them to its input while it reads it: see
/// <see cref="IOps.NormConv2d"/>.
/// </summary>
/// <param name="Weight">[C], the scale.</param>
/// <param name="Bias">[C], the shift.</param>
/// <param name="Groups">Divides C.</param>
/// <param name="Eps">Added to the variance.</param>
/// <param name="Activation">Applied last.</param>
public readonly record struct GroupNormalization(VectorWeight Weight, VectorWeight Bias, int Groups, float Eps, Activation Activation = default)
{
    /// <summary>Given statistics, those of the picture that the input is a piece of; their groups count then. Null for the input's own.</summary>
    public GroupStatistics? Statistics { get; init; }
}
