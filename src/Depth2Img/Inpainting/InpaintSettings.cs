using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Inpainting;

/// <summary>What the masked part is before it is noised. At strength 1.0 a trace of it remains, as of any picture.</summary>
public enum InpaintFill
{
    /// <summary>The picture as it is.</summary>
    Original,
    /// <summary>The colours around the mask, carried smoothly through it.</summary>
    Fill,
    /// <summary>Noise in place of the picture's latents.</summary>
    Noise,
    /// <summary>Zeros in place of the picture's latents: a gray without detail.</summary>
    Nothing,
}

/// <summary>What depth the masked part has.</summary>
public enum InpaintDepth
{
    /// <summary>The depth map's: another thing of the same shape.</summary>
    Keep,
    /// <summary>The surroundings', carried smoothly through the mask: what stood there is gone.</summary>
    Fill,
    /// <summary>That of <see cref="InpaintSettings.Shape"/>: a thing of another shape.</summary>
    Shape,
}

/// <summary>
/// A part of the picture is made anew and the rest stays as it is, bit for bit. The part is given by
/// <see cref="Mask"/> or by <see cref="Near"/>, one of them.
/// </summary>
public sealed record InpaintSettings
{
    /// <summary>The largest <see cref="Feather"/> and <see cref="Padding"/>.</summary>
    public const int MaxPixels = 1024;

    /// <summary>What is repainted, of the picture's aspect. One of another size is scaled.</summary>
    public InpaintMask? Mask { get; init; }

    /// <summary>Repaints what lies in this range of the depth map in use.</summary>
    public DepthRange? Near { get; init; }

    /// <summary>How far the mask's edge is softened, 0 to 1024 of the picture's pixels: see <see cref="InpaintMask.Feather"/>. Outside the softened mask nothing changes.</summary>
    public int Feather { get; init; } = 4;

    /// <summary>Whether the mask is turned round: what it marks is kept.</summary>
    public bool Invert { get; init; }

    /// <summary>What the masked part is before it is noised.</summary>
    public InpaintFill Fill { get; init; }

    /// <summary>Whether only a part around the mask is worked on, enlarged to the whole working size.</summary>
    public bool OnlyMasked { get; init; }

    /// <summary>How much around the mask that part has, 0 to 1024 of the picture's pixels.</summary>
    public int Padding { get; init; } = 32;

    /// <summary>What depth the masked part has.</summary>
    public InpaintDepth DepthInside { get; init; }

    /// <summary>
    /// A depth map of the picture's aspect for <see cref="InpaintDepth.Shape"/>, which inside the mask takes the place of the
    /// map in use: its farthest value becomes the farthest of that map, its nearest the nearest.
    /// </summary>
    public DepthMap? Shape { get; init; }

    /// <summary>The mask at the picture's size, before <see cref="Invert"/>; null where depth decides.</summary>
    internal InpaintMask? FitMask(int width, int height) => Mask?.ResizeTo(width, height);

    /// <summary>Everything that is wrong with the settings for a picture, in whole sentences.</summary>
    internal IEnumerable<string> Faults(Image picture)
    {
        if (Mask is null == Near is null)
            yield return Mask is null ? "There is nothing to say what is repainted: a mask or a range of depth is needed." : "A mask and a range of depth are both given; only one of them can say what is repainted.";
        if (Near is { IsValid: false } near) yield return $"The range of depth {near} is not usable: 0 <= from < to <= 1 is needed.";
        if (Feather is < 0 or > MaxPixels) yield return $"Feather is {Feather}; it must be from 0 to {MaxPixels} pixels.";
        if (Padding is < 0 or > MaxPixels) yield return $"Padding is {Padding}; it must be from 0 to {MaxPixels} pixels.";
        if (Mask is { } mask)
        {
            if (!mask.HasAspectOf(picture.Width, picture.Height))
                yield return $"The mask is {mask.Width}x{mask.Height} and the picture {picture.Width}x{picture.Height}, of another aspect; a mask must have the picture's size, or that size scaled.";
            else if (FaultOf(mask) is { } fault) yield return fault;
        }
        if (DepthInside == InpaintDepth.Shape != Shape is not null)
            yield return Shape is null ? "Another shape inside the mask needs a depth map of it." : $"A shape for the inside of the mask is given, and its depth is to be that of {DepthInside}.";
        if (Shape is { } shape && !InpaintMask.SameAspect(shape.Width, shape.Height, picture.Width, picture.Height))
            yield return $"The depth map for the inside of the mask is {shape.Width}x{shape.Height} and the picture {picture.Width}x{picture.Height}, of another aspect; it must have the picture's.";
    }

    /// <summary>What is wrong with a mask that these settings turn round or not; null if nothing is.</summary>
    internal string? FaultOf(InpaintMask mask)
    {
        (bool nothing, bool everything) = Invert ? (mask.IsFull, mask.IsEmpty) : (mask.IsEmpty, mask.IsFull);
        if (everything) return $"The mask{(Invert ? ", turned round," : "")} covers the whole picture: nothing of it would be kept. Plain generation makes a whole picture.";
        if (!nothing) return null;
        return (mask.Source, Invert) switch
        {
            (MaskSource.Alpha, false) => "The picture has no transparent part, and its transparency is to say what is repainted.",
            (MaskSource.Depth, false) => $"No pixel's depth lies in {Near} of the depth map's range: there is nothing to repaint.",
            (_, false) => "The mask is empty: no pixel of it is white, and white is what is repainted.",
            (_, true) => "The mask, turned round, is empty: there is nothing to repaint.",
        };
    }
}
