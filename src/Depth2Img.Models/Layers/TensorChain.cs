using Depth2Img.Compute;

namespace Depth2Img.Models.Layers;

/// <summary>
/// Ops as links of a chain: each passes a tensor on and gives its memory back, as
/// <see cref="TensorExtensions.Then(Tensor, Func{Tensor, Tensor})"/> does with any op. A lambda that captures is an object on
/// the garbage collector's heap, though, at every evaluation: what runs in each denoising step is chained by these.
/// </summary>
internal static class TensorChain
{
    /// <inheritdoc cref="IOps.Linear"/>
    public static Tensor ThenLinear(this Tensor x, IOps ops, LinearWeight weight, Activation activation = default, Tensor? residual = null)
    {
        using (x) return ops.Linear(x, weight, activation, residual);
    }

    /// <inheritdoc cref="IOps.Conv2d"/>
    public static Tensor ThenConv2d(this Tensor x, IOps ops, ConvWeight weight, Window window, Activation activation = default, Tensor? residual = null)
    {
        using (x) return ops.Conv2d(x, weight, window, activation, residual);
    }

    /// <inheritdoc cref="IOps.GroupNorm(Tensor, VectorWeight, VectorWeight, int, float, Activation)"/>
    public static Tensor ThenGroupNorm(this Tensor x, IOps ops, NormWeight norm, int groups, float eps, Activation activation = default)
    {
        using (x) return ops.GroupNorm(x, norm.Weight, norm.Bias, groups, eps, activation);
    }

    /// <inheritdoc cref="IOps.Attention"/>
    public static Tensor ThenAttention(this Tensor q, IOps ops, Tensor k, Tensor v, int heads, float scale)
    {
        using (q) return ops.Attention(q, k, v, heads, scale);
    }

    /// <inheritdoc cref="IOps.RepeatToken"/>
    public static Tensor ThenRepeatToken(this Tensor x, IOps ops, int count)
    {
        using (x) return ops.RepeatToken(x, count);
    }

    /// <inheritdoc cref="IOps.Reshape"/>
    public static Tensor ThenReshape(this Tensor x, IOps ops, Shape shape)
    {
        using (x) return ops.Reshape(x, shape);
    }

    /// <inheritdoc cref="TensorExtensions.AsTokens"/>
    public static Tensor ThenAsTokens(this Tensor x, IOps ops)
    {
        using (x) return ops.AsTokens(x);
    }
}
