namespace Depth2Img.Compute;

/// <summary><see cref="IOps.NormConv2d"/> made of the ops that it joins: what it means, and how it runs where nothing joins them.</summary>
internal static class NormConvolution
{
    /// <inheritdoc cref="IOps.NormConv2d"/>
    /// <param name="ops">The session.</param>
    /// <param name="x">As there.</param>
    /// <param name="norm">As there.</param>
    /// <param name="weight">As there.</param>
    /// <param name="window">As there.</param>
    /// <param name="shift">As there.</param>
    /// <param name="residual">As there.</param>
    public static Tensor Compose(IOps ops, Tensor x, in GroupNormalization norm, ConvWeight weight, Window window, Tensor? shift, Tensor? residual)
    {
        using Tensor normed = norm.Statistics is null
            ? ops.GroupNorm(x, norm.Weight, norm.Bias, norm.Groups, norm.Eps, norm.Activation)
            : ops.GroupNorm(x, norm.Statistics, norm.Weight, norm.Bias, norm.Eps, norm.Activation);
        Tensor result = ops.Conv2d(normed, weight, window, residual: shift is null ? residual : null);
        if (shift is null) return result;
        try
        {
            ops.AddChannelsInPlace(result, shift);
            if (residual is not null) ops.AddInPlace(result, residual);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
