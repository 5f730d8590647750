using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Unet;

/// <summary>
/// A picture through a transformer, a token a pixel. The projections before and after are linear layers in some
/// checkpoints and 1x1 convolutions in others; with channels last they are the same sum.
/// </summary>
internal sealed class Transformer2DModel : IUNetLayer
{
    /// <summary>This group normalisation's own, whatever the configuration says about the others.</summary>
    private const float Eps = 1e-6f;

    private readonly string _path;
    private readonly int _groups;

    public Transformer2DModel(CheckpointScope scope, UNet2DConditionConfig config, int level)
    {
        int channels = config.BlockOutChannels[level];
        _path = scope.Path;
        _groups = config.NormNumGroups;
        Norm = scope.Child("norm").Norm(channels);
        ProjIn = scope.Child("proj_in").Linear(channels, channels);
        CheckpointScope blocks = scope.Child("transformer_blocks");
        TransformerBlocks =
        [
            .. Enumerable.Range(0, config.TransformerLayersPerBlock[level])
                .Select(i => new BasicTransformerBlock(blocks.Child(i), config, level)),
        ];
        ProjOut = scope.Child("proj_out").Linear(channels, channels);
    }

    public NormWeight Norm { get; }
    public LinearWeight ProjIn { get; }
    public IReadOnlyList<BasicTransformerBlock> TransformerBlocks { get; }
    public LinearWeight ProjOut { get; }

    /// <summary>The attentions that look at the prompt.</summary>
    public IEnumerable<Attention> CrossAttentions => TransformerBlocks.SelectMany(block => block.CrossAttentions);

    /// <summary>[N,h,w,C] to [N,h,w,C].</summary>
    public Tensor Forward(UNetPass pass, Tensor x)
    {
        IOps ops = pass.Ops;

        // 1. A token a pixel.
        Tensor tokens = ops.GroupNorm(x, Norm.Weight, Norm.Bias, _groups, Eps)              // [N,h,w,C]
            .ThenLinear(ops, ProjIn)                                                        // [N,h,w,C]
            .ThenAsTokens(ops);                                                             // [N,h w,C]

        // 2. The transformer.
        for (int i = 0; i < TransformerBlocks.Count; i++)
            tokens = tokens.Then(pass, TransformerBlocks[i]);                               // [N,h w,C]

        // 3. Back to a picture, onto the input.
        Tensor output = tokens
            .ThenReshape(ops, x.Shape)                                                      // [N,h,w,C]
            .ThenLinear(ops, ProjOut, residual: x);                                         // [N,h,w,C]
        return pass.Observed(_path, output);
    }
}
