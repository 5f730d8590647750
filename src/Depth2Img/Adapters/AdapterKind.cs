namespace Depth2Img.Adapters;

/// <summary>How an adapter's file writes a weight's change in fewer numbers than the weight has.</summary>
public enum AdapterKind
{
    /// <summary>A product of two matrices of low rank (Hu et al., "LoRA", 2021).</summary>
    LoRA,

    /// <summary>LoRA of a convolution, where the kernel has a factor of its own between the two (LyCORIS).</summary>
    LoCon,

    /// <summary>Two products of low rank, multiplied element by element (Hyeon-Woo et al., "FedPara", 2021; LyCORIS).</summary>
    LoHa,

    /// <summary>A Kronecker product of a small and a larger matrix, either of which may be of low rank (LyCORIS).</summary>
    LoKr,
}
