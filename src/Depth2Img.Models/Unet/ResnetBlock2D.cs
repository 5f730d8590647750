using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>Two convolutions around the timestep, plus their input.</summary>
internal sealed class ResnetBlock2D : IUNetLayer
{
    private readonly string _path;
    private readonly int _groups;
    private readonly float _eps;

    public ResnetBlock2D(CheckpointScope scope, UNet2DConditionConfig config, int inChannels, int outChannels)
    {
        _path = scope.Path;
        _groups = config.NormNumGroups;
        _eps = config.NormEps;
        Norm1 = scope.Child("norm1").Norm(inChannels);
        Conv1 = scope.Child("conv1").Conv2d(inChannels, outChannels, 3);
        TimeEmbProj = scope.Child("time_emb_proj").Linear(config.TimeEmbeddingDim, outChannels, sensitive: true);
        Norm2 = scope.Child("norm2").Norm(outChannels);
        Conv2 = scope.Child("conv2").Conv2d(outChannels, outChannels, 3);
        ConvShortcut = inChannels == outChannels ? null : scope.Child("conv_shortcut").Linear(inChannels, outChannels);
    }

    public NormWeight Norm1 { get; }
    public ConvWeight Conv1 { get; }
    public LinearWeight TimeEmbProj { get; }
    public NormWeight Norm2 { get; }
    public ConvWeight Conv2 { get; }

    /// <summary>A 1x1 convolution where the channels change.</summary>
    public LinearWeight? ConvShortcut { get; }

    /// <summary>[N,h,w,in] to [N,h,w,out].</summary>
    public Tensor Forward(UNetPass pass, Tensor x)
    {
        IOps ops = pass.Ops;

        // 1. The first convolution, of the normalised input; the timestep comes on top.
        using Tensor time = ops.Linear(pass.TimeEmbedding, TimeEmbProj);                                     // [N,out]
        using Tensor h = ops.NormConv2d(x, Norm1.WithSilu(_groups, _eps), Conv1, Window.Of(1, 1), time);     // [N,h,w,out]

        // 2. The second one, onto the input.
        using Tensor? shortcut = ConvShortcut is null ? null : ops.Linear(x, ConvShortcut);                  // [N,h,w,out]
        Tensor output = ops.NormConv2d(h, Norm2.WithSilu(_groups, _eps), Conv2, Window.Of(1, 1), residual: shortcut ?? x);
        return pass.Observed(_path, output);                                                                 // [N,h,w,out]
    }
}
