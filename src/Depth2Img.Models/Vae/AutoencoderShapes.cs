using Depth2Img.Compute;

namespace Depth2Img.Models.Vae;

/// <summary>Checks of what callers hand to an autoencoder.</summary>
internal static class AutoencoderShapes
{
    public static void CheckImage(Tensor image, int channels, int factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        Shape shape = image.Shape;
        if (shape.Rank != 4 || shape[3] != channels || shape[1] % factor != 0 || shape[2] % factor != 0 || shape.Count == 0)
            throw new ArgumentException($"A picture [N,H,W,{channels}] with sides that are multiples of {factor} is needed, not {shape}.", nameof(image));
    }

    public static void CheckLatents(Tensor latents, int channels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        if (latents.Shape.Rank != 4 || latents.Shape[3] != channels || latents.Shape.Count == 0)
            throw new ArgumentException($"Latents [N,h,w,{channels}] are needed, not {latents.Shape}.", nameof(latents));
    }
}
