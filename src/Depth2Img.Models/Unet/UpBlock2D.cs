using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>One level of the up path: diffusers' CrossAttnUpBlock2D, or UpBlock2D if it has no attentions.</summary>
internal sealed class UpBlock2D
{
    private readonly string _path;

    /// <param name="scope">Where the weights are.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="position">The block's place on the up path, 0 being the innermost.</param>
    public UpBlock2D(CheckpointScope scope, UNet2DConditionConfig config, int position)
    {
        int level = config.BlockCount - 1 - position;
        int outChannels = config.BlockOutChannels[level];
        int belowChannels = config.BlockOutChannels[Math.Min(level + 1, config.BlockCount - 1)];
        int lastSkipChannels = config.BlockOutChannels[Math.Max(level - 1, 0)];
        _path = scope.Path;
        CheckpointScope resnets = scope.Child("resnets"), attentions = scope.Child("attentions");
        int layers = config.LayersPerBlock[level] + 1;
        Resnets =
        [
            .. Enumerable.Range(0, layers).Select(i =>
            {
                int own = i == 0 ? belowChannels : outChannels;
                int skip = i == layers - 1 ? lastSkipChannels : outChannels;
                return new ResnetBlock2D(resnets.Child(i), config, own + skip, outChannels);
            }),
        ];
        Attentions = config.UpBlockAttends[position] ? [.. Enumerable.Range(0, layers).Select(i => new Transformer2DModel(attentions.Child(i), config, level))] : [];
        Upsampler = level == 0 ? null : new Upsample2D(scope.Child("upsamplers").Child(0), outChannels);
    }

    public IReadOnlyList<ResnetBlock2D> Resnets { get; }

    /// <summary>One for each residual block, or none.</summary>
    public IReadOnlyList<Transformer2DModel> Attentions { get; }

    /// <summary>Absent at the outermost level.</summary>
    public Upsample2D? Upsampler { get; }

    /// <summary>[N,h,w,in] to [N,2 h,2 w,out], or to the size of the skip that comes next. Takes x over, and skips from the stack.</summary>
    public Tensor Forward(UNetPass pass, Tensor x, SkipStack skips)
    {
        // 1. Layers, each fed by the down path as well.
        Tensor h = x;
        for (int i = 0; i < Resnets.Count; i++)
        {
            h = WithSkip(pass.Ops, h, skips.Pop())                                              // [N,h,w,own + skip]
                .Then(pass, Resnets[i]);                                                        // [N,h,w,out]
            if (Attentions.Count > 0) h = h.Then(pass, Attentions[i]);                          // [N,h,w,out]
        }

        // 2. Up to the size that the next block's skips have.
        if (Upsampler is not null) h = Upsampled(pass.Ops, Upsampler, h, skips.Peek().Shape);   // [N,2 h,2 w,out]
        return pass.Observed(_path, h);
    }

    private static Tensor WithSkip(IOps ops, Tensor x, Tensor skip)
    {
        using (x)
        using (skip) return ops.ConcatChannels(x, skip);
    }

    private static Tensor Upsampled(IOps ops, Upsample2D upsampler, Tensor x, Shape target)
    {
        using (x) return upsampler.Forward(ops, x, target[1], target[2]);
    }
}
