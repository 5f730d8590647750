using Depth2Img.Compute;
using Depth2Img.Imaging;
using Depth2Img.Models.Vae;
using Depth2Img.Random;

namespace Depth2Img.Pipelines;

/// <summary>Pictures to latents and back, in diffusers' scale and order of random draws.</summary>
internal static class LatentCodec
{
    /// <summary>Encodes a picture whose sides are multiples of 8.</summary>
    /// <returns>[1,c,h,w], scaled as the UNet expects. An AutoencoderKL's posterior is sampled: one draw of as many normals.</returns>
    public static float[] Encode(IAutoencoder vae, IOps ops, Image image, IRandomSource random)
    {
        using Tensor input = ops.Upload(PixelValues.ToSignedUnit(image), new Shape(1, image.Height, image.Width, 3));
        LatentPosterior posterior = vae.Encode(ops, input);
        float[] noise = posterior.IsStochastic ? new float[posterior.Mean.Length] : [];
        if (posterior.IsStochastic) random.FillNormal(noise);
        float[] latents = posterior.Sample(noise);
        for (int i = 0; i < latents.Length; i++) latents[i] *= vae.ScalingFactor;
        return latents;
    }

    /// <summary>How a picture's latents are decoded: in tiles above a limit, if the autoencoder is one that is worth it.</summary>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="height">The latents' rows.</param>
    /// <param name="width">The latents' columns.</param>
    /// <param name="wholeLimit">The most latent pixels that are decoded whole.</param>
    /// <returns>Null to decode whole.</returns>
    public static TiledDecoder? TilesFor(IAutoencoder vae, int height, int width, int wholeLimit) =>
        vae is AutoencoderKL large && (long)height * width > wholeLimit ? new TiledDecoder(large) : null;

    /// <summary>Decodes one picture's latents [1,c,h,w].</summary>
    /// <exception cref="Depth2ImgException">The network's output is not finite.</exception>
    public static Image Decode(IAutoencoder vae, TiledDecoder? tiles, IOps ops, ReadOnlySpan<float> latents, int height, int width) =>
        PixelValues.FromSignedUnit(DecodeToFloats(vae, tiles, ops, latents, height, width), 8 * width, 8 * height);

    /// <summary>Decodes one picture's latents [1,c,h,w] to RGB values of about -1..1, channels last.</summary>
    public static float[] DecodeToFloats(IAutoencoder vae, TiledDecoder? tiles, IOps ops, ReadOnlySpan<float> latents, int height, int width)
    {
        float[] unscaled = new float[latents.Length];
        for (int i = 0; i < unscaled.Length; i++) unscaled[i] = latents[i] / vae.ScalingFactor;
        using Tensor input = ops.UploadChannelsFirst(unscaled, 1, vae.LatentChannels, height, width);
        if (tiles is not null) return tiles.Decode(ops, input);
        using Tensor decoded = vae.Decode(ops, input);
        return ops.DownloadAll(decoded);
    }
}
