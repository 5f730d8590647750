using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Tiefenrausch;

/// <summary>
/// A block that is wide in the middle (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
/// 2018); it may halve the picture or double it, and is added to its input where both have one shape.
/// </summary>
internal sealed class InvertedResidual
{
    private readonly bool _upsample;
    private readonly bool _addInput;

    public InvertedResidual(CheckpointScope scope, TiefenrauschClips clips, int inChannels, int stride = 1, bool upsample = false)
    {
        Expand = TiefenrauschConv.Full(scope.Child("expand"), clips, inChannels, 1);
        Depthwise = TiefenrauschConv.Depthwise(scope.Child("depthwise"), clips, Expand.OutChannels, stride);
        Project = TiefenrauschConv.Full(scope.Child("project"), clips, Expand.OutChannels, 1);
        _upsample = upsample;
        _addInput = stride == 1 && !upsample && Project.OutChannels == inChannels;
    }

    public TiefenrauschConv Expand { get; }
    public TiefenrauschConv Depthwise { get; }
    public TiefenrauschConv Project { get; }

    /// <summary>Channels out.</summary>
    public int OutChannels => Project.OutChannels;

    /// <summary>[N,H,W,in] to [N,h,w,out].</summary>
    public Tensor Forward(IOps ops, Tensor x)
    {
        Tensor h = Expand.Forward(ops, x);                                                                   // [N,H,W,middle]
        if (_upsample) h = h.Then(t => ops.ResizeNearest(t, 2 * t.Shape[1], 2 * t.Shape[2]));                // [N,2H,2W,middle]
        h = h
            .Then(t => Depthwise.Forward(ops, t))                                                            // [N,h,w,middle]
            .Then(t => Project.Forward(ops, t));                                                             // [N,h,w,out]
        return _addInput ? h.ThenInPlace(t => ops.AddInPlace(t, x)) : h;
    }
}
