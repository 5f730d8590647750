using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>One transformer layer, normalising before each of its two branches (transformers' DPTViTLayer).</summary>
internal sealed class DptViTLayer(CheckpointScope scope, DptConfig config)
{
    public NormWeight LayernormBefore { get; } = scope.Child("layernorm_before").Norm(config.HiddenSize);
    public DptViTAttention Attention { get; } = new(scope.Child("attention"), config);
    public NormWeight LayernormAfter { get; } = scope.Child("layernorm_after").Norm(config.HiddenSize);
    public LinearWeight IntermediateDense { get; } = scope.Child("intermediate.dense").Linear(config.HiddenSize, config.IntermediateSize);
    public LinearWeight OutputDense { get; } = scope.Child("output.dense").Linear(config.IntermediateSize, config.HiddenSize);

    /// <summary>[N,L,C] to [N,L,C].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        // 1. Attention among tokens
        using Tensor attended = ops.LayerNorm(x, LayernormBefore.Weight, LayernormBefore.Bias, config.LayerNormEps) // [N,L,C]
            .Then(t => Attention.Forward(ops, t, residual: x));                                                     // [N,L,C]

        // 2. Each token by itself
        return ops.LayerNorm(attended, LayernormAfter.Weight, LayernormAfter.Bias, config.LayerNormEps) // [N,L,C]
            .Then(t => ops.Linear(t, IntermediateDense, config.HiddenAct))                              // [N,L,intermediate]
            .Then(t => ops.Linear(t, OutputDense, residual: attended));                                 // [N,L,C]
    }
}
