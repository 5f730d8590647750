using Depth2Img.Compute;

namespace Depth2Img.Models.Dpt;

/// <summary>A group normalisation of BiT with an optional activation (transformers' BitGroupNormActivation).</summary>
internal sealed class BitNorm(CheckpointScope scope, int channels, BitConfig config, Activation activation = default)
{
    private const float Eps = 1e-5f;

    public NormWeight Norm { get; } = scope.Norm(channels);

    /// <summary>[N,H,W,C] to [N,H,W,C].</summary>
    public Tensor Forward(IOps ops, Tensor x) => ops.GroupNorm(x, Norm.Weight, Norm.Bias, config.NumGroups, Eps, activation);
}
