using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>The decoder of an <see cref="AutoencoderKL"/> (diffusers' Decoder).</summary>
internal sealed class VaeDecoder
{
    private readonly int _groups;

    public VaeDecoder(CheckpointScope scope, AutoencoderKLConfig config)
    {
        // The blocks go from the coarsest resolution to the finest.
        int[] channels = [.. config.BlockOutChannels.Reverse()];
        _groups = config.NormNumGroups;
        ConvIn = scope.Child("conv_in").Conv2d(config.LatentChannels, channels[0], 3);
        MidBlock = new VaeMidBlock(scope.Child("mid_block"), channels[0], config);
        CheckpointScope upBlocks = scope.Child("up_blocks");
        UpBlocks = new UpDecoderBlock2D[channels.Length];
        for (int i = 0; i < UpBlocks.Length; i++)
        {
            bool upsample = i < UpBlocks.Length - 1;
            UpBlocks[i] = new UpDecoderBlock2D(upBlocks.Child(i), channels[Math.Max(i - 1, 0)], channels[i], config, upsample);
        }
        ConvNormOut = scope.Child("conv_norm_out").Norm(channels[^1]);
        ConvOut = scope.Child("conv_out").Conv2d(channels[^1], config.OutChannels, 3);
    }

    public ConvWeight ConvIn { get; }
    public VaeMidBlock MidBlock { get; }
    public UpDecoderBlock2D[] UpBlocks { get; }
    public NormWeight ConvNormOut { get; }
    public ConvWeight ConvOut { get; }

    /// <summary>[N,h,w,latent] to [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor latents)
    {
        // 1. In
        Tensor h = ops.Conv2d(latents, ConvIn, Window.Of(1, 1)); // [N,h,w,C]

        // 2. Middle
        h = h.Then(x => MidBlock.Forward(ops, x)); // [N,h,w,C]

        // 3. Up: every block but the last doubles the picture
        foreach (UpDecoderBlock2D block in UpBlocks) h = h.Then(x => block.Forward(ops, x)); // [N,H,W,C0]

        // 4. Out
        using (h)
            return ops.NormConv2d(h, ConvNormOut.WithSilu(_groups, VaeResnetBlock.NormEps), ConvOut, Window.Of(1, 1)); // [N,H,W,out]
    }
}
