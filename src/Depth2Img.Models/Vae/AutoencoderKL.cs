using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>
/// The variational autoencoder of latent diffusion (Rombach et al., "High-Resolution Image Synthesis with Latent
/// Diffusion Models", 2022), as diffusers' AutoencoderKL. The encoder gives a mean and a variance for every latent
/// value.
/// </summary>
public sealed class AutoencoderKL : IAutoencoder
{
    private readonly WeightSet _weights;

    /// <summary>Reads the weights.</summary>
    /// <param name="scope">The checkpoint's root.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="Depth2ImgException">A tensor is missing, misshapen or damaged.</exception>
    public AutoencoderKL(CheckpointScope scope, AutoencoderKLConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        int moments = 2 * config.LatentChannels;
        _weights = scope.Weights;
        Encoder = new VaeEncoder(scope.Child("encoder"), config);
        Decoder = new VaeDecoder(scope.Child("decoder"), config);
        QuantConv = config.UseQuantConv ? scope.Child("quant_conv").Conv2d(moments, moments, 1) : null;
        PostQuantConv = config.UsePostQuantConv ? scope.Child("post_quant_conv").Conv2d(config.LatentChannels, config.LatentChannels, 1) : null;
    }

    internal VaeEncoder Encoder { get; }
    internal VaeDecoder Decoder { get; }
    internal ConvWeight? QuantConv { get; }
    internal ConvWeight? PostQuantConv { get; }

    /// <summary>The configuration.</summary>
    public AutoencoderKLConfig Config { get; }

    /// <inheritdoc/>
    public int LatentChannels => Config.LatentChannels;

    /// <inheritdoc/>
    public float ScalingFactor => Config.ScalingFactor;

    /// <inheritdoc/>
    public float ShiftFactor => Config.ShiftFactor;

    /// <inheritdoc/>
    public int DownscaleFactor => 1 << (Config.BlockOutChannels.Count - 1);

    /// <inheritdoc/>
    public LatentPosterior Encode(IOps ops, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(ops);
        AutoencoderShapes.CheckImage(image, Config.InChannels, DownscaleFactor);
        Tensor moments = Encoder.Forward(ops, image); // [N,h,w,2 latent]
        if (QuantConv is not null) moments = moments.Then(m => ops.Conv2d(m, QuantConv, Window.Of(1, 0)));
        using (moments) return LatentPosterior.FromMoments(ops, moments);
    }

    /// <inheritdoc/>
    public Tensor Decode(IOps ops, Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(ops);
        AutoencoderShapes.CheckLatents(latents, LatentChannels);
        if (PostQuantConv is null) return Decoder.Forward(ops, latents);
        return ops.Conv2d(latents, PostQuantConv, Window.Of(1, 0)) // [N,h,w,latent]
            .Then(z => Decoder.Forward(ops, z));                   // [N,H,W,3]
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();
}
