using Depth2Img.Compute;

namespace Depth2Img.Models.Vae;

/// <summary>
/// Turns pictures into the small pictures that diffusion works on, and back. Immutable and thread-safe: several
/// sessions may use one at a time.
/// </summary>
public interface IAutoencoder : IDisposable
{
    /// <summary>Channels of a latent; 4 in the Stable Diffusion 1 and 2 family.</summary>
    int LatentChannels { get; }

    /// <summary>
    /// What an encoded latent is multiplied by before diffusion, and a diffused one is divided by before
    /// <see cref="Decode"/>: the configuration's `scaling_factor`.
    /// </summary>
    float ScalingFactor { get; }

    /// <summary>What later families subtract before scaling: the configuration's `shift_factor`, 0 if it has none.</summary>
    float ShiftFactor { get; }

    /// <summary>How many pixels a latent pixel stands for in each direction; 8 in the Stable Diffusion family.</summary>
    int DownscaleFactor { get; }

    /// <summary>Encodes pictures. Neither <see cref="ScalingFactor"/> nor <see cref="ShiftFactor"/> is applied.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="image">[N,H,W,3], -1..1; both sides multiples of <see cref="DownscaleFactor"/>.</param>
    /// <returns>The distribution of the latents [N,C,H/factor,W/factor].</returns>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    LatentPosterior Encode(IOps ops, Tensor image);

    /// <summary>Decodes latents, as diffusers' `vae.decode`: they have been divided by <see cref="ScalingFactor"/> before.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="latents">[N,h,w,<see cref="LatentChannels"/>]; it is left as it is.</param>
    /// <returns>[N,factor h,factor w,3], about -1..1, not clamped.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    Tensor Decode(IOps ops, Tensor latents);
}
