using Depth2Img.Compute;

namespace Depth2Img.Models.Tiefenrausch;

/// <summary>A convolution with a border of half its kernel, and the clamp after it. How many channels come out is read off the weight.</summary>
internal sealed class TiefenrauschConv
{
    private readonly Activation _clip;
    private readonly Window _window;

    private TiefenrauschConv(CheckpointScope scope, TiefenrauschClips clips, ConvWeight weight, int stride)
    {
        Weight = weight;
        _clip = clips.After(scope.Path);
        _window = Window.Of(stride, weight.KernelHeight / 2);
    }

    public ConvWeight Weight { get; }

    /// <summary>Channels out.</summary>
    public int OutChannels => Weight.OutChannels;

    /// <summary>A full convolution, [out,in,kernel,kernel].</summary>
    public static TiefenrauschConv Full(CheckpointScope scope, TiefenrauschClips clips, int inChannels, int kernel)
    {
        ReadOnlySpan<int> found = scope.Find("weight").Dimensions;
        int outChannels = found.Length == 4 ? found[0] : 1;
        return new(scope, clips, scope.Conv2d(inChannels, outChannels, kernel), stride: 1);
    }

    /// <summary>One 3x3 filter a channel, [channels,1,3,3].</summary>
    public static TiefenrauschConv Depthwise(CheckpointScope scope, TiefenrauschClips clips, int channels, int stride) =>
        new(scope, clips, scope.DepthwiseConv2d(channels, 3), stride);

    /// <summary>[N,H,W,in] to [N,⌈H/stride⌉,⌈W/stride⌉,out].</summary>
    public Tensor Forward(IOps ops, Tensor x) => ops.Conv2d(x, Weight, _window, _clip);
}
