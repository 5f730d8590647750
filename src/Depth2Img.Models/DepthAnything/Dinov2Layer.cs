using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.DepthAnything;

/// <summary>One transformer layer, normalising before each of its two branches and scaling each after (transformers' Dinov2Layer).</summary>
internal sealed class Dinov2Layer
{
    private readonly float _eps;

    public Dinov2Layer(CheckpointScope scope, Dinov2Config config)
    {
        int channels = config.HiddenSize;
        _eps = config.LayerNormEps;
        Norm1 = scope.Child("norm1").Norm(channels);
        Attention = new Dinov2Attention(scope.Child("attention"), config, scope.Tensor("layer_scale1.lambda1", channels));
        Norm2 = scope.Child("norm2").Norm(channels);
        MlpFc1 = scope.Child("mlp.fc1").Linear(channels, config.IntermediateSize);
        MlpFc2 = LayerScale.Linear(scope.Child("mlp.fc2"), config.IntermediateSize, channels, scope.Tensor("layer_scale2.lambda1", channels));
    }

    public NormWeight Norm1 { get; }
    public Dinov2Attention Attention { get; }
    public NormWeight Norm2 { get; }
    public LinearWeight MlpFc1 { get; }

    /// <summary>The layer scale's factors are in it.</summary>
    public LinearWeight MlpFc2 { get; }

    /// <summary>[N,L,C] to [N,L,C].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        // 1. Attention among tokens
        using Tensor attended = ops.LayerNorm(x, Norm1.Weight, Norm1.Bias, _eps) // [N,L,C]
            .Then(t => Attention.Forward(ops, t, residual: x));                  // [N,L,C]

        // 2. Each token by itself
        return ops.LayerNorm(attended, Norm2.Weight, Norm2.Bias, _eps)           // [N,L,C]
            .Then(t => ops.Linear(t, MlpFc1, Activation.Gelu))                   // [N,L,intermediate]
            .Then(t => ops.Linear(t, MlpFc2, residual: attended));               // [N,L,C]
    }
}
