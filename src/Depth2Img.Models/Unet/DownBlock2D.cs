using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>One level of the down path: diffusers' CrossAttnDownBlock2D, or DownBlock2D if it has no attentions.</summary>
internal sealed class DownBlock2D
{
    private readonly string _path;

    public DownBlock2D(CheckpointScope scope, UNet2DConditionConfig config, int level)
    {
        int outChannels = config.BlockOutChannels[level];
        int inChannels = config.BlockOutChannels[Math.Max(level - 1, 0)];
        _path = scope.Path;
        CheckpointScope resnets = scope.Child("resnets"), attentions = scope.Child("attentions");
        int layers = config.LayersPerBlock[level];
        Resnets = [.. Enumerable.Range(0, layers).Select(i => new ResnetBlock2D(resnets.Child(i), config, i == 0 ? inChannels : outChannels, outChannels))];
        Attentions = config.DownBlockAttends[level] ? [.. Enumerable.Range(0, layers).Select(i => new Transformer2DModel(attentions.Child(i), config, level))] : [];
        Downsampler = level == config.BlockCount - 1 ? null : new Downsample2D(scope.Child("downsamplers").Child(0), outChannels, config.DownsamplePadding);
    }

    public IReadOnlyList<ResnetBlock2D> Resnets { get; }

    /// <summary>One for each residual block, or none.</summary>
    public IReadOnlyList<Transformer2DModel> Attentions { get; }

    /// <summary>Absent at the innermost level.</summary>
    public Downsample2D? Downsampler { get; }

    /// <summary>[N,h,w,in] to [N,⌈h/2⌉,⌈w/2⌉,out]; every layer's output goes onto the stack, which owns the result, too.</summary>
    public Tensor Forward(UNetPass pass, Tensor x, SkipStack skips)
    {
        // 1. Layers.
        Tensor h = ForwardLayers(pass, x, skips);                                               // [N,h,w,out]

        // 2. Half the size.
        if (Downsampler is not null) h = skips.Push(Downsampler.Forward(pass.Ops, h));          // [N,⌈h/2⌉,⌈w/2⌉,out]
        return pass.Observed(_path, h);
    }

    /// <summary>The layers alone, [N,h,w,in] to [N,h,w,out]; every output goes onto the stack, which owns the result, too.</summary>
    public Tensor ForwardLayers(UNetPass pass, Tensor x, SkipStack skips)
    {
        Tensor h = x;
        for (int i = 0; i < Resnets.Count; i++)
        {
            Tensor layer = Resnets[i].Forward(pass, h);                                         // [N,h,w,out]
            if (Attentions.Count > 0) layer = layer.Then(pass, Attentions[i]);           // [N,h,w,out]
            h = skips.Push(layer);
        }
        return h;
    }
}
