namespace Depth2Img.Bench;

/// <summary>An op on operands of one shape, ready to run again and again.</summary>
/// <param name="Name">The op and its shape.</param>
/// <param name="MultiplyAdds">How many a run takes; those of a convolution are counted as if it were computed directly.</param>
/// <param name="Run">Runs the op and drops its result.</param>
/// <param name="IsConvolution">Whether it is one, whose products are in single precision on every tier.</param>
internal sealed record OpCase(string Name, double MultiplyAdds, Action Run, bool IsConvolution = false)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
