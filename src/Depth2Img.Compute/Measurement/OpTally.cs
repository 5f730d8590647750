namespace Depth2Img.Compute.Measurement;

/// <summary>What the ops of one kind came to.</summary>
/// <param name="Kind">Which ops.</param>
/// <param name="Calls">How many.</param>
/// <param name="Seconds">Their time.</param>
/// <param name="MultiplyAdds">Products by the textbook: a convolution's as if it were computed directly.</param>
/// <param name="RealMultiplyAdds">Products that were really computed: fewer where a convolution takes a shorter way.</param>
/// <param name="Bytes">Operands read, weights among them, and results written, each once.</param>
public readonly record struct OpTally(OpKind Kind, long Calls, double Seconds, double MultiplyAdds, double RealMultiplyAdds, double Bytes)
{
    /// <summary>Both together, under the first one's kind.</summary>
    public static OpTally operator +(OpTally a, OpTally b) => a with
    {
        Calls = a.Calls + b.Calls,
        Seconds = a.Seconds + b.Seconds,
        MultiplyAdds = a.MultiplyAdds + b.MultiplyAdds,
        RealMultiplyAdds = a.RealMultiplyAdds + b.RealMultiplyAdds,
        Bytes = a.Bytes + b.Bytes,
    };
}
