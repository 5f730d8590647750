namespace Depth2Img.Compute.Cpu;

/// <summary>Which weights a tier with 16-bit products keeps for them; all others keep their precision.</summary>
internal static class NarrowingPolicy
{
    /// <summary>Smaller matrices take no time worth saving, and are where pictures and latents enter and leave a network.</summary>
    private const int LeastChannels = 32;

    /// <summary>Whether a matrix is rounded, unless its network says that it is sensitive.</summary>
    public static bool Narrows(int inputs, int outputs) => inputs >= LeastChannels && outputs >= LeastChannels;

    /// <summary>
    /// Whether filters are rounded for a matrix product. 3x3 filters are not: in single precision Winograd's method saves three quarters
    /// of their products, more than 16-bit ones gain, and it would magnify the rounding.
    /// </summary>
    public static bool Narrows(int inputs, int outputs, int kernelHeight, int kernelWidth) =>
        (kernelHeight, kernelWidth) != (3, 3) && Narrows(inputs, outputs);

    /// <summary>Whether filters are rounded for a convolution in tile registers, which make more products in the time than Winograd's method saves.</summary>
    public static bool NarrowsForTiles(int inputs, int outputs, int kernelHeight, int kernelWidth) =>
        (kernelHeight, kernelWidth) == (3, 3) && Narrows(inputs, outputs);
}
