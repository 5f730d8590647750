using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Unet;

/// <summary>Multi-head attention, of pixels to pixels or of pixels to a prompt.</summary>
internal sealed class Attention
{
    private readonly int _heads;
    private readonly float _scale;

    /// <param name="scope">Where the weights are.</param>
    /// <param name="channels">C, of queries, keys and values.</param>
    /// <param name="contextChannels">Channels of what is looked at.</param>
    /// <param name="heads">Divides C.</param>
    public Attention(CheckpointScope scope, int channels, int contextChannels, int heads)
    {
        _heads = heads;
        _scale = 1 / MathF.Sqrt(channels / heads);
        ToQ = scope.Child("to_q").Linear(channels, channels, bias: false);
        ToK = scope.Child("to_k").Linear(contextChannels, channels, bias: false);
        ToV = scope.Child("to_v").Linear(contextChannels, channels, bias: false);
        ToOut = scope.Child("to_out").Child(0).Linear(channels, channels);
    }

    public LinearWeight ToQ { get; }
    public LinearWeight ToK { get; }
    public LinearWeight ToV { get; }
    public LinearWeight ToOut { get; }

    /// <summary>The keys and values of what is looked at, [N,S,contextChannels].</summary>
    public KeysAndValues Project(IOps ops, Tensor tokens)
    {
        Tensor keys = ops.Linear(tokens, ToK);                                          // [N,S,C]
        try
        {
            return new KeysAndValues(keys, ops.Linear(tokens, ToV));                    // [N,S,C]
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>What the tokens of x [N,L,C] find, plus the residual.</summary>
    public Tensor Forward(IOps ops, Tensor x, KeysAndValues seen, Tensor residual) =>
        ops.Linear(x, ToQ)                                                              // [N,L,C]
            .ThenAttention(ops, seen.Keys, seen.Values, _heads, _scale)                 // [N,L,C]
            .ThenLinear(ops, ToOut, residual: residual);                                // [N,L,C]
}
