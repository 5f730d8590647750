using System.Globalization;

namespace Depth2Img.Inpainting;

/// <summary>How a part of a picture was made anew, for the picture's settings.</summary>
/// <param name="Mask">What the mask was made of.</param>
/// <param name="MaskHash">The mask's <see cref="InpaintMask.Hash"/> at the picture's size, before it was turned round.</param>
/// <param name="Near">The range of depth, if that was the mask.</param>
/// <param name="Feather">How far its edge was softened, in pixels.</param>
/// <param name="Invert">Whether it was turned round.</param>
/// <param name="Fill">What the masked part was before it was noised.</param>
/// <param name="OnlyMasked">Whether only a part around the mask was worked on.</param>
/// <param name="Padding">How much around the mask that part had; null if the whole picture was worked on.</param>
/// <param name="DepthInside">What depth the masked part had.</param>
public sealed record InpaintUse(
    MaskSource Mask, string MaskHash, DepthRange? Near, int Feather, bool Invert, InpaintFill Fill, bool OnlyMasked, int? Padding, InpaintDepth DepthInside)
{
    /// <summary>The way other programs of the field write it into their line.</summary>
    internal string ToParameters()
    {
        string content = Fill switch
        {
            InpaintFill.Fill => "fill",
            InpaintFill.Noise => "latent noise",
            InpaintFill.Nothing => "latent nothing",
            _ => "original",
        };
        return string.Create(CultureInfo.InvariantCulture,
            $"Mask blur: {Feather}{(Invert ? ", Mask mode: Inpaint not masked" : "")}, Masked content: {content}, Inpaint area: {(OnlyMasked ? "Only masked" : "Whole picture")}{(Padding is { } padding ? $", Masked area padding: {padding}" : "")}");
    }
}
