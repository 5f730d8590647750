using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>The innermost block: attention between two residual blocks.</summary>
internal sealed class UNetMidBlock2DCrossAttn : IUNetLayer
{
    private readonly string _path;

    public UNetMidBlock2DCrossAttn(CheckpointScope scope, UNet2DConditionConfig config)
    {
        int channels = config.BlockOutChannels[^1];
        // Whether attention is "only cross" is the down and up blocks' affair; here the first attention is always the picture's own.
        UNet2DConditionConfig own = config with { OnlyCrossAttention = [.. config.OnlyCrossAttention.Select(_ => false)] };
        _path = scope.Path;
        Resnets = [.. Enumerable.Range(0, 2).Select(i => new ResnetBlock2D(scope.Child("resnets").Child(i), config, channels, channels))];
        Attention = new Transformer2DModel(scope.Child("attentions").Child(0), own, config.BlockCount - 1);
    }

    public IReadOnlyList<ResnetBlock2D> Resnets { get; }

    /// <summary>`attentions.0`.</summary>
    public Transformer2DModel Attention { get; }

    /// <summary>[N,h,w,C] to [N,h,w,C].</summary>
    public Tensor Forward(UNetPass pass, Tensor x)
    {
        Tensor h = Resnets[0].Forward(pass, x)                            // [N,h,w,C]
            .Then(pass, Attention)                                        // [N,h,w,C]
            .Then(pass, Resnets[1]);                                      // [N,h,w,C]
        return pass.Observed(_path, h);
    }
}
