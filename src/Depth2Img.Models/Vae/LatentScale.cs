namespace Depth2Img.Models.Vae;

/// <summary>Reads the factor between an autoencoder's latents and those of diffusion.</summary>
internal static class LatentScale
{
    /// <summary>`scaling_factor`; it is divided by, so 0 and less make no sense.</summary>
    public static float Read(JsonConfig json, float fallback)
    {
        float factor = (float)json.Number("scaling_factor", fallback);
        return factor > 0 && float.IsFinite(factor)
            ? factor
            : throw json.Error("scaling_factor", $"is {json.Number("scaling_factor")}; a number above 0 was expected");
    }
}
