using Depth2Img.Compute;
using Depth2Img.Models.Dpt;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.DepthAnything;

/// <summary>
/// Monocular depth (Yang et al., "Depth Anything", 2024, and "Depth Anything V2", 2024) as transformers'
/// DepthAnythingForDepthEstimation: DINOv2 with a DPT neck. Immutable once made; several sessions may run it at a time.
/// </summary>
public sealed class DepthAnythingForDepthEstimation : IDepthNetwork
{
    private readonly WeightSet _weights;

    /// <summary>Reads the weights.</summary>
    /// <param name="scope">The checkpoint's root.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="Depth2ImgException">A tensor is missing, misshapen or damaged.</exception>
    public DepthAnythingForDepthEstimation(CheckpointScope scope, DepthAnythingConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        _weights = scope.Weights;
        Backbone = new Dinov2Backbone(scope.Child("backbone"), config.Backbone);
        Neck = new DptNeck(scope.Child("neck"), new DptNeckConfig
        {
            HiddenSize = config.Backbone.HiddenSize,
            NeckHiddenSizes = config.NeckHiddenSizes,
            ReassembleFactors = config.ReassembleFactors,
            ReadoutType = ReadoutType.Ignore,
            FusionHiddenSize = config.FusionHiddenSize,
            FuseToNextSize = true,
        });
        Head = new DepthAnythingHead(scope.Child("head"), config);
    }

    /// <summary>The configuration.</summary>
    public DepthAnythingConfig Config { get; }

    /// <inheritdoc/>
    public bool IsMetric => Config.MaxDepth is not null;

    internal Dinov2Backbone Backbone { get; }
    internal DptNeck Neck { get; }
    internal DepthAnythingHead Head { get; }

    /// <summary>Estimates depth.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="pixels">[N,H,W,3], normalised as the model's preprocessor says; both sides multiples of the patch size.</param>
    /// <returns>
    /// [N,H,W,1], which the caller disposes: inverse depth of no particular scale, 0 or more, larger where the scene is
    /// nearer; of a metric model metres from 0 to <see cref="DepthAnythingConfig.MaxDepth"/>.
    /// </returns>
    /// <exception cref="Depth2ImgException">A side is no multiple of the patch size.</exception>
    public Tensor Forward(IOps ops, Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(pixels);
        Shape shape = pixels.Shape;
        int patch = Config.Backbone.PatchSize;
        if (shape.Rank != 4 || shape[3] != Config.Backbone.NumChannels || shape[0] == 0)
            throw new ArgumentException($"A picture [N,H,W,{Config.Backbone.NumChannels}] is needed, not {shape}.", nameof(pixels));
        if (shape[1] == 0 || shape[2] == 0 || shape[1] % patch != 0 || shape[2] % patch != 0)
            throw new Depth2ImgException($"The Depth Anything network works on pictures with sides that are multiples of {patch}; {shape[2]}x{shape[1]} was given.");

        using TensorList features = Backbone.Forward(ops, pixels);                    // [N,1+h w,C] each
        return Neck.Forward(ops, features, shape[1] / patch, shape[2] / patch)        // [N,8 h,8 w,fusion]
            .Then(x => Head.Forward(ops, x, shape[1], shape[2]));                     // [N,H,W,1]
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();
}
