namespace Depth2Img.Checkpoints.Verification;

/// <summary>A tensor with values that no network can use.</summary>
/// <param name="Name">Its key.</param>
/// <param name="NaN">How many of its values are NaN.</param>
/// <param name="Infinite">How many are infinite.</param>
/// <param name="Count">How many there are.</param>
public sealed record NonFiniteTensor(string Name, int NaN, int Infinite, int Count);

/// <summary>What reading one component told.</summary>
/// <param name="Component">Its name: "unet".</param>
/// <param name="Tensors">How many tensors were read; 0 for a component without weights.</param>
/// <param name="Bytes">How many bytes of them were read.</param>
/// <param name="NonFinite">Tensors that hold NaN or infinity.</param>
/// <param name="Error">Why it cannot be read; null if it can.</param>
public sealed record VerifiedComponent(string Component, int Tensors, long Bytes, IReadOnlyList<NonFiniteTensor> NonFinite, string? Error)
{
    /// <summary>Whether nothing is wrong with it.</summary>
    public bool IsSound => Error is null && NonFinite.Count == 0;
}

/// <summary>What reading a whole checkpoint told.</summary>
/// <param name="Path">The folder or file.</param>
/// <param name="Components">Its components.</param>
public sealed record VerificationReport(string Path, IReadOnlyList<VerifiedComponent> Components)
{
    /// <summary>Whether nothing is wrong with any component.</summary>
    public bool IsSound => Components.All(c => c.IsSound);
}
