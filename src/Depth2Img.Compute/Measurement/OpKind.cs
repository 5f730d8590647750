namespace Depth2Img.Compute.Measurement;

/// <summary>Kinds of ops that a breakdown tells apart.</summary>
public enum OpKind
{
    /// <summary>Matrix products, GEGLU among them.</summary>
    Linear,
    /// <summary>3x3 convolutions of step 1.</summary>
    Conv3x3,
    /// <summary>All other convolutions.</summary>
    ConvOther,
    /// <summary>Attention: both products and the softmax.</summary>
    Attention,
    /// <summary>Group and layer normalisation.</summary>
    Norm,
    /// <summary>Activations, sums and scales.</summary>
    Elementwise,
    /// <summary>Concatenation, slices, resizing, pooling, gathering.</summary>
    Movement,
}
