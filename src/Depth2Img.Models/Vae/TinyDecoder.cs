using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>The decoder of an <see cref="AutoencoderTiny"/> (diffusers' DecoderTiny): one numbered list of layers, of which some have no weights.</summary>
internal sealed class TinyDecoder
{
    public TinyDecoder(CheckpointScope layers, AutoencoderTinyConfig config)
    {
        int channels = config.DecoderChannels;
        int stages = config.NumDecoderBlocks.Count;
        StageBlocks = new TinyBlock[stages][];
        StageConvs = new ConvWeight[stages];
        ConvIn = layers.Child(0).Conv2d(config.LatentChannels, channels, 3);
        int layer = 2; // 1 is the ReLU
        for (int i = 0; i < stages; i++)
        {
            StageBlocks[i] = new TinyBlock[config.NumDecoderBlocks[i]];
            for (int j = 0; j < StageBlocks[i].Length; j++) StageBlocks[i][j] = new TinyBlock(layers.Child(layer++), channels);
            bool isLast = i == stages - 1;
            if (!isLast) layer++; // the upsampling
            CheckpointScope conv = layers.Child(layer++);
            StageConvs[i] = isLast ? conv.Conv2d(channels, config.OutChannels, 3) : conv.Conv2d(channels, channels, 3, bias: false);
        }
    }

    public ConvWeight ConvIn { get; }
    public TinyBlock[][] StageBlocks { get; }
    public ConvWeight[] StageConvs { get; }

    /// <summary>[N,h,w,latent] to [N,H,W,out].</summary>
    public Tensor Forward(IOps ops, Tensor latents)
    {
        Tensor h = ops.Conv2d(latents, ConvIn, Window.Of(1, 1), Activation.Relu); // [N,h,w,C]
        for (int i = 0; i < StageConvs.Length; i++)
        {
            ConvWeight conv = StageConvs[i];
            foreach (TinyBlock block in StageBlocks[i]) h = h.Then(x => block.Forward(ops, x));
            if (i < StageConvs.Length - 1) h = h.Then(x => ops.ResizeNearest(x, 2 * x.Shape[1], 2 * x.Shape[2])); // twice the size
            h = h.Then(x => ops.Conv2d(x, conv, Window.Of(1, 1)));
        }
        return h; // [N,H,W,out]
    }
}
