using Depth2Img.Compute;

namespace Depth2Img.Models.Clip;

/// <summary>Causal self-attention of a text encoder: a token sees itself and those before it.</summary>
internal sealed class ClipAttention
{
    private readonly int _heads;
    private readonly float _scale;

    public ClipAttention(CheckpointScope scope, ClipTextConfig config)
    {
        int channels = config.HiddenSize;
        QProj = scope.Child("q_proj").Linear(channels, channels);
        KProj = scope.Child("k_proj").Linear(channels, channels);
        VProj = scope.Child("v_proj").Linear(channels, channels);
        OutProj = scope.Child("out_proj").Linear(channels, channels);
        _heads = config.NumAttentionHeads;
        _scale = 1 / MathF.Sqrt(channels / _heads);
    }

    public LinearWeight QProj { get; }
    public LinearWeight KProj { get; }
    public LinearWeight VProj { get; }
    public LinearWeight OutProj { get; }

    /// <summary>Attention among the tokens of x, plus the residual.</summary>
    public Tensor Forward(IOps ops, Tensor x, Tensor residual)
    {
        using Tensor q = ops.Linear(x, QProj);                            // [N,L,C]
        using Tensor k = ops.Linear(x, KProj);                            // [N,L,C]
        using Tensor v = ops.Linear(x, VProj);                            // [N,L,C]
        using Tensor mixed = ops.Attention(q, k, v, _heads, _scale, causal: true); // [N,L,C]
        return ops.Linear(mixed, OutProj, residual: residual);            // [N,L,C]
    }
}
