namespace Depth2Img.Compute.Reference;

/// <summary>A matrix [out, in] in single precision, as it lies in the checkpoint.</summary>
internal sealed class ReferenceLinearWeight(int inFeatures, int outFeatures, float[] values, float[]? bias)
    : LinearWeight(inFeatures, outFeatures)
{
    public float[] Values { get; } = values;

    public float[]? Bias { get; } = bias;
}

/// <summary>How the filters of a <see cref="ReferenceConvWeight"/> lie and are used.</summary>
internal enum ReferenceConvKind
{
    /// <summary>[out, in, kh, kw].</summary>
    Full,
    /// <summary>[channels, 1, kh, kw].</summary>
    Depthwise,
    /// <summary>[in, out, k, k].</summary>
    Transposed,
}

/// <summary>Filters in single precision, as they lie in the checkpoint.</summary>
internal sealed class ReferenceConvWeight(
    ReferenceConvKind kind, int inChannels, int outChannels, int kernelHeight, int kernelWidth, float[] values, float[]? bias)
    : ConvWeight(inChannels, outChannels, kernelHeight, kernelWidth)
{
    public ReferenceConvKind Kind { get; } = kind;

    public float[] Values { get; } = values;

    public float[]? Bias { get; } = bias;
}

/// <summary>A vector in single precision.</summary>
internal sealed class ReferenceVectorWeight(float[] values) : VectorWeight(values.Length)
{
    public float[] Values { get; } = values;
}

/// <summary>A table in single precision.</summary>
internal sealed class ReferenceEmbeddingWeight(int rows, int width, float[] values) : EmbeddingWeight(rows, width)
{
    public float[] Values { get; } = values;
}
