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
        float[] pixels = new float[image.Pixels.Length];
        // The order of operations of diffusers' processor: to 0..1, then to -1..1.
        for (int i = 0; i < pixels.Length; i++) pixels[i] = 2f * (image.Pixels[i] / 255f) - 1f;
        using Tensor input = ops.Upload(pixels, new Shape(1, image.Height, image.Width, 3));
        LatentPosterior posterior = vae.Encode(ops, input);
        float[] noise = posterior.IsStochastic ? new float[posterior.Mean.Length] : [];
        if (posterior.IsStochastic) random.FillNormal(noise);
        float[] latents = posterior.Sample(noise);
        for (int i = 0; i < latents.Length; i++) latents[i] *= vae.ScalingFactor;
        return latents;
    }

    /// <summary>Decodes one picture's latents [1,c,h,w].</summary>
    /// <exception cref="Depth2ImgException">The network's output is not finite.</exception>
    public static Image Decode(IAutoencoder vae, IOps ops, ReadOnlySpan<float> latents, int height, int width)
    {
        float[] values = DecodeToFloats(vae, ops, latents, height, width);
        byte[] pixels = new byte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new Depth2ImgException("The model made a picture that is not finite; its weights do not suit its configuration.");
            pixels[i] = (byte)MathF.Round(255f * values[i], MidpointRounding.ToEven);
        }
        return new Image(8 * width, 8 * height, pixels);
    }

    /// <summary>Decodes one picture's latents [1,c,h,w] to RGB values 0..1, channels last.</summary>
    public static float[] DecodeToFloats(IAutoencoder vae, IOps ops, ReadOnlySpan<float> latents, int height, int width)
    {
        float[] unscaled = new float[latents.Length];
        for (int i = 0; i < unscaled.Length; i++) unscaled[i] = latents[i] / vae.ScalingFactor;
        using Tensor input = ops.UploadChannelsFirst(unscaled, 1, vae.LatentChannels, height, width);
        using Tensor decoded = vae.Decode(ops, input);
        float[] values = ops.DownloadAll(decoded);
        // min and max, unlike Math.Clamp's comparisons, must let NaN through: it is found afterwards.
        for (int i = 0; i < values.Length; i++) values[i] = Math.Min(Math.Max(values[i] / 2f + 0.5f, 0f), 1f);
        return values;
    }
}
