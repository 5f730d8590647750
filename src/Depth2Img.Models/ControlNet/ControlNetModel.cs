using Depth2Img.Compute;
using Depth2Img.Models.Layers;
using Depth2Img.Models.Unet;

namespace Depth2Img.Models.ControlNet;

/// <summary>
/// A trained copy of a UNet's down path and middle that sees a hint picture and steers the UNet by what it adds to it
/// (Zhang et al., "Adding Conditional Control to Text-to-Image Diffusion Models", 2023), as diffusers' ControlNetModel.
/// Immutable once made; several sessions may run it at a time.
/// </summary>
public sealed class ControlNetModel : IDisposable
{
    private readonly WeightSet _weights;
    private readonly Attention[] _crossAttentions;

    /// <summary>Loads the weights.</summary>
    /// <param name="scope">The checkpoint's root.</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="Depth2ImgException">A tensor is missing, misshapen or not finite.</exception>
    public ControlNetModel(CheckpointScope scope, ControlNetConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        _weights = scope.Weights;
        UNet2DConditionConfig unet = config.Unet;
        TimeEmbedding = new TimestepEmbedding(scope.Child("time_embedding"), unet);
        ConvIn = scope.Child("conv_in").Conv2d(unet.InChannels, unet.BlockOutChannels[0], 3);
        ControlnetCondEmbedding = new ControlNetConditioningEmbedding(scope.Child("controlnet_cond_embedding"), config);
        DownBlocks = [.. Enumerable.Range(0, unet.BlockCount).Select(i => new DownBlock2D(scope.Child("down_blocks").Child(i), unet, i))];
        MidBlock = new UNetMidBlock2DCrossAttn(scope.Child("mid_block"), unet);
        CheckpointScope projections = scope.Child("controlnet_down_blocks");
        ControlnetDownBlocks = [.. ResidualChannels(unet).Select((channels, i) => projections.Child(i).Linear(channels, channels))];
        ControlnetMidBlock = scope.Child("controlnet_mid_block").Linear(unet.BlockOutChannels[^1], unet.BlockOutChannels[^1]);
        _crossAttentions = [.. DownBlocks.SelectMany(block => block.Attentions).Append(MidBlock.Attention).SelectMany(transformer => transformer.CrossAttentions)];
    }

    /// <summary>The sizes.</summary>
    public ControlNetConfig Config { get; }

    internal TimestepEmbedding TimeEmbedding { get; }
    internal ConvWeight ConvIn { get; }
    internal ControlNetConditioningEmbedding ControlnetCondEmbedding { get; }
    internal IReadOnlyList<DownBlock2D> DownBlocks { get; }
    internal UNetMidBlock2DCrossAttn MidBlock { get; }

    /// <summary>1x1 convolutions, zero before training.</summary>
    internal IReadOnlyList<LinearWeight> ControlnetDownBlocks { get; }
    internal LinearWeight ControlnetMidBlock { get; }

    /// <summary>Computes what depends on the hint alone, once for all steps.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="hint">[N,8 h,8 w,<see cref="ControlNetConfig.ConditioningChannels"/>], 0 to 1; not needed afterwards.</param>
    /// <returns>[N,h,w,C0] for <see cref="Forward"/> in the same session; the caller disposes it.</returns>
    public Tensor EmbedHint(IOps ops, Tensor hint)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(hint);
        if (hint.Shape.Rank != 4 || hint.Shape.Channels != Config.ConditioningChannels)
            throw new ArgumentException($"A hint [N,H,W,{Config.ConditioningChannels}] was expected, not {hint.Shape}.", nameof(hint));
        return ControlnetCondEmbedding.Forward(ops, hint);
    }

    /// <summary>Computes what depends on the prompts alone, once for all steps.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="context">The text encoder's output, [N,S,<see cref="UNet2DConditionConfig.CrossAttentionDim"/>]; not needed afterwards.</param>
    /// <returns>The prompts for <see cref="Forward"/> in the same session; the caller disposes it.</returns>
    public UNetContext PrepareContext(IOps ops, Tensor context)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Shape.Rank != 3 || context.Shape.Channels != Config.Unet.CrossAttentionDim)
            throw new ArgumentException($"A context [N,S,{Config.Unet.CrossAttentionDim}] was expected, not {context.Shape}.", nameof(context));
        return new UNetContext(ops, context, _crossAttentions);
    }

    /// <summary>Evaluates the network.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="sample">Latents as the UNet gets them, without a depth channel: [N,h,w,in].</param>
    /// <param name="timestep">The timestep, the same for all pictures.</param>
    /// <param name="context">The prompts of the N pictures.</param>
    /// <param name="hint">What <see cref="EmbedHint"/> made, [N,h,w,C0].</param>
    /// <param name="weight">Times everything that is added.</param>
    /// <returns>What the UNet is to add; the caller disposes it.</returns>
    public ControlResiduals Forward(IOps ops, Tensor sample, double timestep, UNetContext context, Tensor hint, float weight = 1)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(hint);
        if (sample.Shape.Rank != 4 || sample.Shape.Channels != Config.Unet.InChannels)
            throw new ArgumentException($"Latents [N,h,w,{Config.Unet.InChannels}] were expected, not {sample.Shape}.", nameof(sample));
        if (sample.Shape[0] != context.Batch)
            throw new ArgumentException($"The context is for {context.Batch} pictures, and there are {sample.Shape[0]}.", nameof(context));

        // 1. The timestep. Every residual block applies SiLU to it first: once here.
        using Tensor time = TimeEmbedding.Forward(ops, timestep, context.Batch);                      // [N,T]
        ops.Activate(time, Activation.Silu);
        UNetPass pass = new(ops, time, context, null);

        // 2. In, onto the hint.
        SkipStack skips = context.Skips;
        Tensor h = skips.Push(ops.Conv2d(sample, ConvIn, Window.Of(1, 1), residual: hint));           // [N,h,w,C0]

        ControlResiduals residuals = new(ControlnetDownBlocks.Count);
        try
        {
            // 3. Down; the stack owns every output.
            for (int i = 0; i < DownBlocks.Count; i++) h = DownBlocks[i].Forward(pass, h, skips);     // [N,h/8,w/8,C3]

            // 4. Middle, and what is to be added to each output.
            residuals.Mid = MidBlock.Forward(pass, h).Then(x => Project(ops, x, ControlnetMidBlock, weight));     // [N,h/8,w/8,C3]
            for (int i = ControlnetDownBlocks.Count - 1; i >= 0; i--)
            {
                using Tensor output = skips.Pop();
                residuals.SetDown(i, Project(ops, output, ControlnetDownBlocks[i], weight));          // [N,h,w,C]
            }
            return residuals;
        }
        catch
        {
            residuals.Dispose();
            throw;
        }
        finally
        {
            skips.Clear();
        }
    }

    private static Tensor Project(IOps ops, Tensor x, LinearWeight projection, float weight) =>
        ops.Linear(x, projection).ThenInPlace(r => ops.Scale(r, weight));

    /// <summary>Channels of the first convolution's output and of every other output of the down path.</summary>
    private static IEnumerable<int> ResidualChannels(UNet2DConditionConfig unet)
    {
        yield return unet.BlockOutChannels[0];
        for (int level = 0; level < unet.BlockCount; level++)
        {
            bool halves = level < unet.BlockCount - 1;
            for (int i = 0; i < unet.LayersPerBlock[level] + (halves ? 1 : 0); i++) yield return unet.BlockOutChannels[level];
        }
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();
}
