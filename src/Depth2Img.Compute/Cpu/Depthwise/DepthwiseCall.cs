namespace Depth2Img.Compute.Cpu.Depthwise;

/// <summary>The operands of a depthwise convolution.</summary>
internal readonly unsafe struct DepthwiseCall
{
    /// <summary>[N,H,W,C].</summary>
    public required float* Input { get; init; }

    /// <summary>[N,H',W',C]; not the input.</summary>
    public required float* Output { get; init; }

    /// <summary>As the output and added last, or null; may be the output.</summary>
    public required float* Residual { get; init; }

    /// <summary>[tap][C].</summary>
    public required float* Filters { get; init; }

    /// <summary>[C], or null.</summary>
    public required float* Bias { get; init; }

    /// <summary>[N,H,W,C].</summary>
    public required Shape InputShape { get; init; }

    /// <summary>[N,H',W',C].</summary>
    public required Shape OutputShape { get; init; }

    /// <summary>Rows of a filter.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of a filter.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Step and border.</summary>
    public required Window Window { get; init; }
}
