using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>The encoder of an <see cref="AutoencoderKL"/> (diffusers' Encoder).</summary>
internal sealed class VaeEncoder
{
    private readonly int _groups;

    public VaeEncoder(CheckpointScope scope, AutoencoderKLConfig config)
    {
        IReadOnlyList<int> channels = config.BlockOutChannels;
        _groups = config.NormNumGroups;
        ConvIn = scope.Child("conv_in").Conv2d(config.InChannels, channels[0], 3);
        CheckpointScope downBlocks = scope.Child("down_blocks");
        DownBlocks = new DownEncoderBlock2D[channels.Count];
        for (int i = 0; i < DownBlocks.Length; i++)
        {
            bool downsample = i < DownBlocks.Length - 1;
            DownBlocks[i] = new DownEncoderBlock2D(downBlocks.Child(i), channels[Math.Max(i - 1, 0)], channels[i], config, downsample);
        }
        MidBlock = new VaeMidBlock(scope.Child("mid_block"), channels[^1], config);
        ConvNormOut = scope.Child("conv_norm_out").Norm(channels[^1]);
        ConvOut = scope.Child("conv_out").Conv2d(channels[^1], 2 * config.LatentChannels, 3);
    }

    public ConvWeight ConvIn { get; }
    public DownEncoderBlock2D[] DownBlocks { get; }
    public VaeMidBlock MidBlock { get; }
    public NormWeight ConvNormOut { get; }
    public ConvWeight ConvOut { get; }

    /// <summary>[N,H,W,in] to [N,h,w,2 latent].</summary>
    public Tensor Forward(IOps ops, Tensor image)
    {
        // 1. In
        Tensor h = ops.Conv2d(image, ConvIn, Window.Of(1, 1)); // [N,H,W,C0]

        // 2. Down: every block but the last halves the picture
        foreach (DownEncoderBlock2D block in DownBlocks) h = h.Then(x => block.Forward(ops, x)); // [N,h,w,C]

        // 3. Middle
        h = h.Then(x => MidBlock.Forward(ops, x)); // [N,h,w,C]

        // 4. Out
        using (h)
            return ops.NormConv2d(h, ConvNormOut.WithSilu(_groups, VaeResnetBlock.NormEps), ConvOut, Window.Of(1, 1)); // [N,h,w,2 latent]
    }
}
