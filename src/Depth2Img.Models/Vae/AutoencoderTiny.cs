using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>
/// TAESD, a small autoencoder distilled from that of Stable Diffusion (Ollin Boer Bohan's taesd), as diffusers'
/// AutoencoderTiny. Its latents are certain: nothing is drawn.
/// </summary>
public sealed class AutoencoderTiny : IAutoencoder
{
    /// <summary>Latents are squeezed smoothly into ±3, three deviations, before they are decoded.</summary>
    private const float LatentMagnitude = 3;

    private readonly WeightSet _weights;

    /// <summary>Reads the weights.</summary>
    /// <param name="scope">The checkpoint's root.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="Depth2ImgException">A tensor is missing, misshapen or damaged.</exception>
    public AutoencoderTiny(CheckpointScope scope, AutoencoderTinyConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        _weights = scope.Weights;
        Encoder = new TinyEncoder(scope.Child("encoder.layers"), config);
        Decoder = new TinyDecoder(scope.Child("decoder.layers"), config);
    }

    internal TinyEncoder Encoder { get; }
    internal TinyDecoder Decoder { get; }

    /// <summary>The configuration.</summary>
    public AutoencoderTinyConfig Config { get; }

    /// <inheritdoc/>
    public int LatentChannels => Config.LatentChannels;

    /// <inheritdoc/>
    public float ScalingFactor => Config.ScalingFactor;

    /// <inheritdoc/>
    public float ShiftFactor => Config.ShiftFactor;

    /// <inheritdoc/>
    public int DownscaleFactor => 1 << (Config.NumEncoderBlocks.Count - 1);

    /// <inheritdoc/>
    public LatentPosterior Encode(IOps ops, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(ops);
        AutoencoderShapes.CheckImage(image, Config.InChannels, DownscaleFactor);
        using Tensor x = ops.Copy(image);
        ops.ScaleAndShiftInPlace(x, 0.5f, 0.5f);          // [N,H,W,3], 0..1
        using Tensor latents = Encoder.Forward(ops, x);  // [N,h,w,latent]
        return LatentPosterior.FromLatents(ops, latents);
    }

    /// <inheritdoc/>
    public Tensor Decode(IOps ops, Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(ops);
        AutoencoderShapes.CheckLatents(latents, LatentChannels);
        using Tensor z = ops.Copy(latents);
        ops.Scale(z, 1 / LatentMagnitude);
        ops.Activate(z, Activation.Tanh);
        ops.Scale(z, LatentMagnitude); // [N,h,w,latent], -3..3
        return Decoder.Forward(ops, z)                                  // [N,H,W,3], 0..1
            .ThenInPlace(image => ops.ScaleAndShiftInPlace(image, 2, -1)); // -1..1
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();
}
