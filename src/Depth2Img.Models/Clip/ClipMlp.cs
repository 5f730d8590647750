using Depth2Img.Compute;

namespace Depth2Img.Models.Clip;

/// <summary>The two-layer perceptron of a text encoder's layer.</summary>
internal sealed class ClipMlp(CheckpointScope scope, ClipTextConfig config)
{
    public LinearWeight Fc1 { get; } = scope.Child("fc1").Linear(config.HiddenSize, config.IntermediateSize);
    public LinearWeight Fc2 { get; } = scope.Child("fc2").Linear(config.IntermediateSize, config.HiddenSize);

    /// <summary>Both layers of x, plus the residual.</summary>
    public Tensor Forward(IOps ops, Tensor x, Tensor residual)
    {
        using Tensor inner = ops.Linear(x, Fc1, config.HiddenAct);        // [N,L,intermediate]
        return ops.Linear(inner, Fc2, residual: residual);                // [N,L,C]
    }
}
