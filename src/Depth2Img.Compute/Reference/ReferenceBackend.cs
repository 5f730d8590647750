using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Reference;

/// <summary>
/// The op set in plain scalar loops with sums in double precision: what the other back ends are tested against, and
/// slow. Every op rounds to single precision once, when it stores its result.
/// </summary>
public sealed class ReferenceBackend : IBackend
{
    /// <inheritdoc/>
    public string Description => "reference (scalar loops)";

    /// <inheritdoc/>
    public LinearWeight CreateLinear(WeightTensor weight, WeightTensor? bias, bool sensitive = false)
    {
        ArgumentNullException.ThrowIfNull(weight);
        (int outFeatures, int inFeatures) = WeightShapes.Linear(weight, bias);
        return new ReferenceLinearWeight(inFeatures, outFeatures, weight.ToFloats(), bias?.ToFloats());
    }

    /// <inheritdoc/>
    public ConvWeight CreateConv2d(WeightTensor weight, WeightTensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        (int outChannels, int inChannels, int height, int width) = WeightShapes.Conv2d(weight, bias);
        return new ReferenceConvWeight(ReferenceConvKind.Full, inChannels, outChannels, height, width, weight.ToFloats(), bias?.ToFloats());
    }

    /// <inheritdoc/>
    public ConvWeight CreateDepthwiseConv2d(WeightTensor weight, WeightTensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        (int channels, int height, int width) = WeightShapes.DepthwiseConv2d(weight, bias);
        return new ReferenceConvWeight(ReferenceConvKind.Depthwise, channels, channels, height, width, weight.ToFloats(), bias?.ToFloats());
    }

    /// <inheritdoc/>
    public ConvWeight CreateConvTranspose2d(WeightTensor weight, WeightTensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        (int inChannels, int outChannels, int kernel) = WeightShapes.ConvTranspose2d(weight, bias);
        return new ReferenceConvWeight(ReferenceConvKind.Transposed, inChannels, outChannels, kernel, kernel, weight.ToFloats(), bias?.ToFloats());
    }

    /// <inheritdoc/>
    public VectorWeight CreateVector(WeightTensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new ReferenceVectorWeight(values.ToFloats());
    }

    /// <inheritdoc/>
    public EmbeddingWeight CreateEmbedding(WeightTensor table)
    {
        ArgumentNullException.ThrowIfNull(table);
        (int rows, int width) = WeightShapes.Embedding(table);
        return new ReferenceEmbeddingWeight(rows, width, table.ToFloats());
    }

    /// <inheritdoc/>
    public IOps OpenSession(CancellationToken cancellationToken = default) => new ReferenceOps(cancellationToken);

    /// <summary>Does nothing: weights and tensors are ordinary arrays.</summary>
    public void Dispose() { }
}
