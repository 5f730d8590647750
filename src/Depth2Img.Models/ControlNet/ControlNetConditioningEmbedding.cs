using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.ControlNet;

/// <summary>Brings the hint to the latents' size and the UNet's channels by convolutions alone (diffusers' ControlNetConditioningEmbedding).</summary>
internal sealed class ControlNetConditioningEmbedding
{
    public ControlNetConditioningEmbedding(CheckpointScope scope, ControlNetConfig config)
    {
        IReadOnlyList<int> channels = config.ConditioningEmbeddingOutChannels;
        ConvIn = scope.Child("conv_in").Conv2d(config.ConditioningChannels, channels[0], 3);
        CheckpointScope blocks = scope.Child("blocks");
        Blocks = new ConvWeight[2 * (channels.Count - 1)];
        for (int i = 0; i < channels.Count - 1; i++)
        {
            Blocks[2 * i] = blocks.Child(2 * i).Conv2d(channels[i], channels[i], 3);
            Blocks[2 * i + 1] = blocks.Child(2 * i + 1).Conv2d(channels[i], channels[i + 1], 3);
        }
        ConvOut = scope.Child("conv_out").Conv2d(channels[^1], config.Unet.BlockOutChannels[0], 3);
    }

    public ConvWeight ConvIn { get; }

    /// <summary>In pairs, of which the second halves the picture.</summary>
    public ConvWeight[] Blocks { get; }

    public ConvWeight ConvOut { get; }

    /// <summary>[N,8 h,8 w,in] to [N,h,w,C0].</summary>
    public Tensor Forward(IOps ops, Tensor hint)
    {
        Tensor h = ops.Conv2d(hint, ConvIn, Window.Of(1, 1), Activation.Silu);                           // [N,8 h,8 w,c0]
        for (int i = 0; i < Blocks.Length; i++)
        {
            ConvWeight block = Blocks[i];
            int stride = i % 2 + 1;
            h = h.Then(x => ops.Conv2d(x, block, Window.Of(stride, 1), Activation.Silu));                // [N,h,w,c3] at last
        }
        return h.Then(x => ops.Conv2d(x, ConvOut, Window.Of(1, 1)));                                     // [N,h,w,C0]
    }
}
