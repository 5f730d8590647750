using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Unet;

/// <summary>The gated two-layer perceptron of a transformer block.</summary>
internal sealed class FeedForward(CheckpointScope scope, int channels)
{
    private const int Expansion = 4;

    /// <summary>`net.0.proj`: values, then gates.</summary>
    public LinearWeight Proj { get; } = scope.Child("net.0.proj").Linear(channels, 2 * Expansion * channels);

    /// <summary>`net.2`.</summary>
    public LinearWeight Out { get; } = scope.Child("net.2").Linear(Expansion * channels, channels);

    /// <summary>Both layers of x [N,L,C], plus the residual.</summary>
    public Tensor Forward(IOps ops, Tensor x, Tensor residual) =>
        ops.LinearGeglu(x, Proj)                                          // [N,L,4 C]
            .ThenLinear(ops, Out, residual: residual);                    // [N,L,C]
}
