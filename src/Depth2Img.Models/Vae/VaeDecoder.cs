using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>The decoder of an <see cref="AutoencoderKL"/> (diffusers' Decoder).</summary>
internal sealed class VaeDecoder
{
    private readonly ConvWeight _convIn;
    private readonly VaeMidBlock _midBlock;
    private readonly UpDecoderBlock2D[] _upBlocks;
    private readonly NormWeight _convNormOut;
    private readonly ConvWeight _convOut;
    private readonly int _groups;

    public VaeDecoder(CheckpointScope scope, AutoencoderKLConfig config)
    {
        // The blocks go from the coarsest resolution to the finest.
        int[] channels = [.. config.BlockOutChannels.Reverse()];
        _groups = config.NormNumGroups;
        _convIn = scope.Child("conv_in").Conv2d(config.LatentChannels, channels[0], 3);
        _midBlock = new VaeMidBlock(scope.Child("mid_block"), channels[0], config);
        CheckpointScope upBlocks = scope.Child("up_blocks");
        _upBlocks = new UpDecoderBlock2D[channels.Length];
        for (int i = 0; i < _upBlocks.Length; i++)
        {
            bool upsample = i < _upBlocks.Length - 1;
            _upBlocks[i] = new UpDecoderBlock2D(upBlocks.Child(i), channels[Math.Max(i - 1, 0)], channels[i], config, upsample);
        }
        _convNormOut = scope.Child("conv_norm_out").Norm(channels[^1]);
        _convOut = scope.Child("conv_out").Conv2d(channels[^1], config.OutChannels, 3);
    }

    /// <summary>[N,h,w,latent] to [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor latents)
    {
        // 1. In
        Tensor h = ops.Conv2d(latents, _convIn, Window.Of(1, 1)); // [N,h,w,C]

        // 2. Middle
        h = h.Then(x => _midBlock.Forward(ops, x)); // [N,h,w,C]

        // 3. Up: every block but the last doubles the picture
        foreach (UpDecoderBlock2D block in _upBlocks) h = h.Then(x => block.Forward(ops, x)); // [N,H,W,C0]

        // 4. Out
        return h
            .Then(x => ops.GroupNorm(x, _convNormOut.Weight, _convNormOut.Bias, _groups, VaeResnetBlock.NormEps, Activation.Silu))
            .Then(x => ops.Conv2d(x, _convOut, Window.Of(1, 1))); // [N,H,W,out]
    }
}
