using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>The encoder of an <see cref="AutoencoderTiny"/> (diffusers' EncoderTiny): one numbered list of layers.</summary>
internal sealed class TinyEncoder
{
    public TinyEncoder(CheckpointScope layers, AutoencoderTinyConfig config)
    {
        int channels = config.EncoderChannels;
        int stages = config.NumEncoderBlocks.Count;
        StageConvs = new ConvWeight[stages];
        StageBlocks = new TinyBlock[stages][];
        int layer = 0;
        for (int i = 0; i < stages; i++)
        {
            CheckpointScope conv = layers.Child(layer++);
            StageConvs[i] = i == 0 ? conv.Conv2d(config.InChannels, channels, 3) : conv.Conv2d(channels, channels, 3, bias: false);
            StageBlocks[i] = new TinyBlock[config.NumEncoderBlocks[i]];
            for (int j = 0; j < StageBlocks[i].Length; j++) StageBlocks[i][j] = new TinyBlock(layers.Child(layer++), channels);
        }
        ConvOut = layers.Child(layer).Conv2d(channels, config.LatentChannels, 3);
    }

    public ConvWeight[] StageConvs { get; }
    public TinyBlock[][] StageBlocks { get; }
    public ConvWeight ConvOut { get; }

    /// <summary>[N,H,W,in] to [N,h,w,latent].</summary>
    public Tensor Forward(IOps ops, Tensor image)
    {
        Tensor h = ops.Conv2d(image, StageConvs[0], Window.Of(1, 1)); // [N,H,W,C]
        for (int i = 0; i < StageConvs.Length; i++)
        {
            ConvWeight conv = StageConvs[i];
            if (i > 0) h = h.Then(x => ops.Conv2d(x, conv, Window.Of(2, 1))); // half the size
            foreach (TinyBlock block in StageBlocks[i]) h = h.Then(x => block.Forward(ops, x));
        }
        return h.Then(x => ops.Conv2d(x, ConvOut, Window.Of(1, 1))); // [N,h,w,latent]
    }
}
