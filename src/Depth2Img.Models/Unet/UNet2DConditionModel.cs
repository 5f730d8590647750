using Depth2Img.Compute;
using Depth2Img.Models.ControlNet;

namespace Depth2Img.Models.Unet;

/// <summary>
/// The denoiser of latent diffusion (Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models",
/// 2022), as diffusers' UNet2DConditionModel: noisy latents, a timestep and a prompt in, noise or velocity out.
/// Immutable once made; several sessions may run it at a time.
/// </summary>
public sealed class UNet2DConditionModel : IDisposable
{
    private readonly WeightSet _weights;
    private readonly Attention[] _crossAttentions;

    /// <summary>Loads the weights.</summary>
    /// <param name="scope">The checkpoint's root.</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="Depth2ImgException">A tensor is missing, misshapen or not finite.</exception>
    public UNet2DConditionModel(CheckpointScope scope, UNet2DConditionConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        _weights = scope.Weights;
        int outer = config.BlockOutChannels[0];
        TimeEmbedding = new TimestepEmbedding(scope.Child("time_embedding"), config);
        ConvIn = scope.Child("conv_in").Conv2d(config.InChannels, outer, 3);
        DownBlocks = [.. Enumerable.Range(0, config.BlockCount).Select(i => new DownBlock2D(scope.Child("down_blocks").Child(i), config, i))];
        MidBlock = new UNetMidBlock2DCrossAttn(scope.Child("mid_block"), config);
        UpBlocks = [.. Enumerable.Range(0, config.BlockCount).Select(i => new UpBlock2D(scope.Child("up_blocks").Child(i), config, i))];
        ConvNormOut = scope.Child("conv_norm_out").Norm(outer);
        ConvOut = scope.Child("conv_out").Conv2d(outer, config.OutChannels, 3);

        IEnumerable<Transformer2DModel> transformers =
            [.. DownBlocks.SelectMany(block => block.Attentions), MidBlock.Attention, .. UpBlocks.SelectMany(block => block.Attentions)];
        _crossAttentions = [.. transformers.SelectMany(transformer => transformer.CrossAttentions)];
    }

    /// <summary>The sizes.</summary>
    public UNet2DConditionConfig Config { get; }

    internal TimestepEmbedding TimeEmbedding { get; }
    internal ConvWeight ConvIn { get; }
    internal IReadOnlyList<DownBlock2D> DownBlocks { get; }
    internal UNetMidBlock2DCrossAttn MidBlock { get; }
    internal IReadOnlyList<UpBlock2D> UpBlocks { get; }
    internal NormWeight ConvNormOut { get; }
    internal ConvWeight ConvOut { get; }

    /// <summary>Computes what depends on the prompts alone, once for all steps.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="context">The text encoder's output, [N,S,<see cref="UNet2DConditionConfig.CrossAttentionDim"/>]; not needed afterwards.</param>
    /// <returns>The prompts for <see cref="Forward(IOps, Tensor, double, UNetContext)"/> in the same session; the caller disposes it.</returns>
    public UNetContext PrepareContext(IOps ops, Tensor context)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Shape.Rank != 3 || context.Shape.Channels != Config.CrossAttentionDim)
            throw new ArgumentException($"A context [N,S,{Config.CrossAttentionDim}] was expected, not {context.Shape}.", nameof(context));
        return new UNetContext(ops, context, _crossAttentions);
    }

    /// <summary>Evaluates the network.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="sample">Latents, with the depth map as a fifth channel if the network has one: [N,h,w,in].</param>
    /// <param name="timestep">The timestep, the same for all pictures; 0 to 999 as a rule.</param>
    /// <param name="context">The prompts of the N pictures.</param>
    /// <returns>[N,h,w,out], which the caller disposes.</returns>
    public Tensor Forward(IOps ops, Tensor sample, double timestep, UNetContext context) =>
        Forward(ops, sample, timestep, context, features: null, observer: null);

    /// <summary>Evaluates the network, or its outermost blocks alone on a deep feature that an evaluation before has left.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="sample">As above.</param>
    /// <param name="timestep">As above.</param>
    /// <param name="context">As above.</param>
    /// <param name="features">The run's cache, which decides what is evaluated.</param>
    /// <param name="control">What a ControlNet adds to this evaluation, or null.</param>
    /// <returns>[N,h,w,out], which the caller disposes.</returns>
    public Tensor Forward(IOps ops, Tensor sample, double timestep, UNetContext context, UNetFeatureCache features, ControlResiduals? control = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Forward(ops, sample, timestep, context, features, observer: null, control);
    }

    /// <summary>Evaluates the network and shows the observer every module's output.</summary>
    internal Tensor Forward(IOps ops, Tensor sample, double timestep, UNetContext context, UNetFeatureCache? features, TensorObserver? observer, ControlResiduals? control = null)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(context);
        if (sample.Shape.Rank != 4 || sample.Shape.Channels != Config.InChannels)
            throw new ArgumentException($"Latents [N,h,w,{Config.InChannels}] were expected, not {sample.Shape}.", nameof(sample));
        if (sample.Shape[0] != context.Batch)
            throw new ArgumentException($"The context is for {context.Batch} pictures, and there are {sample.Shape[0]}.", nameof(context));

        // The timestep. Every residual block applies SiLU to it first: once here.
        using Tensor time = TimeEmbedding.Forward(ops, timestep, context.Batch);                // [N,T]
        UNetPass pass = new(ops, time, context, observer);
        pass.Observed("time_embedding", time);
        ops.Activate(time, Activation.Silu);
        try
        {
            return Run(pass, sample, context.Skips, features, control);                         // [N,h,w,out]
        }
        finally
        {
            context.Skips.Clear();
        }
    }

    private Tensor Run(UNetPass pass, Tensor sample, SkipStack skips, UNetFeatureCache? features, ControlResiduals? control)
    {
        IOps ops = pass.Ops;

        // 1. In.
        Tensor h = skips.Push(ops.Conv2d(sample, ConvIn, Window.Of(1, 1)));                     // [N,h,w,C0]
        pass.Observed("conv_in", h);

        // 2. All blocks but the last, or what they said before.
        h = features?.Take(ops, sample.Shape) is { } kept
            ? RunOutermostDown(pass, h, kept, skips, control)                                   // [N,h,w,C1]
            : RunInnerBlocks(pass, h, sample.Shape, skips, features, control);                  // [N,h,w,C1]

        // 3. The last block.
        h = UpBlocks[^1].Forward(pass, h, skips);                                               // [N,h,w,C0]

        // 4. Out.
        using (h)
            return ops.NormConv2d(h, ConvNormOut.WithSilu(Config.NormNumGroups, Config.NormEps), ConvOut, Window.Of(1, 1)); // [N,h,w,out]
    }

    /// <summary>The whole down path, the middle, and the up path but for its last block.</summary>
    private Tensor RunInnerBlocks(UNetPass pass, Tensor x, Shape sample, SkipStack skips, UNetFeatureCache? features, ControlResiduals? control)
    {
        // 1. Down; the stack owns every output.
        Tensor h = x;
        for (int i = 0; i < DownBlocks.Count; i++) h = DownBlocks[i].Forward(pass, h, skips);   // [N,h/8,w/8,C3]

        // 2. Middle. A ControlNet adds to what goes up, not to what goes down.
        h = MidBlock.Forward(pass, h);                                                          // [N,h/8,w/8,C3]
        AddControl(pass.Ops, h, skips, control);

        // 3. Up; each block takes over its input and its share of the stack.
        for (int i = 0; i < UpBlocks.Count - 1; i++) h = UpBlocks[i].Forward(pass, h, skips);   // [N,h,w,C1]
        features?.Keep(pass.Ops, sample, h);
        return h;
    }

    private static void AddControl(IOps ops, Tensor mid, SkipStack skips, ControlResiduals? control)
    {
        if (control is null) return;
        try
        {
            ops.AddInPlace(mid, control.Mid);
            skips.AddInPlace(ops, control);
        }
        catch
        {
            mid.Dispose();
            throw;
        }
    }

    /// <summary>The first block's layers, for the last block's sake, which takes over the feature that was kept.</summary>
    private Tensor RunOutermostDown(UNetPass pass, Tensor x, Tensor kept, SkipStack skips, ControlResiduals? control)
    {
        try
        {
            DownBlocks[0].ForwardLayers(pass, x, skips);
            if (control is not null) skips.AddInPlace(pass.Ops, control);
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();
}
