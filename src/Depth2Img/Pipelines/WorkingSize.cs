using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Pipelines;

/// <summary>
/// The size that a picture is worked at. Latents are an eighth of it, so sides that are no multiple of 8 are padded
/// by edge pixels and cut back afterwards; a picture is never squashed to fit.
/// </summary>
/// <param name="Width">Columns that hold the picture.</param>
/// <param name="Height">Rows that hold the picture.</param>
public readonly record struct WorkingSize(int Width, int Height)
{
    /// <summary>Pixels of a latent's side.</summary>
    public const int LatentScale = 8;

    /// <summary>Columns with the padding.</summary>
    public int PaddedWidth => RoundUp(Width);

    /// <summary>Rows with the padding.</summary>
    public int PaddedHeight => RoundUp(Height);

    /// <summary>Columns of the latents.</summary>
    public int LatentWidth => PaddedWidth / LatentScale;

    /// <summary>Rows of the latents.</summary>
    public int LatentHeight => PaddedHeight / LatentScale;

    /// <summary>Whether a border is added.</summary>
    public bool IsPadded => PaddedWidth != Width || PaddedHeight != Height;

    /// <summary>Scales a picture's size, keeping its aspect, so that the longer side is as given.</summary>
    public static WorkingSize WithLongerSide(int width, int height, int longer)
    {
        int side = Math.Max(width, height);
        if (side == longer) return new WorkingSize(width, height);
        return new WorkingSize(ScaleSide(width, longer, side), ScaleSide(height, longer, side));
    }

    /// <summary>Keeps a picture's size if its longer side fits, else scales it down to fit.</summary>
    public static WorkingSize AtMost(int width, int height, int longest) =>
        Math.Max(width, height) <= longest ? new WorkingSize(width, height) : WithLongerSide(width, height, longest);

    /// <summary>Scales and pads a picture.</summary>
    public Image Apply(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image scaled = image.Width == Width && image.Height == Height ? image : ImageResizer.Resize(image, Width, Height, ResizeFilter.Lanczos);
        return IsPadded ? scaled.PadEdges(0, 0, PaddedWidth - Width, PaddedHeight - Height) : scaled;
    }

    /// <summary>Cuts the padding off and scales to a picture's own size.</summary>
    public Image Undo(Image worked, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(worked);
        Image cut = IsPadded ? worked.Crop(0, 0, Width, Height) : worked;
        return cut.Width == width && cut.Height == height ? cut : ImageResizer.Resize(cut, width, height, ResizeFilter.Lanczos);
    }

    /// <summary>"640x480".</summary>
    public override string ToString() => $"{Width}x{Height}";

    private static int ScaleSide(int side, int longer, int longest) =>
        Math.Max(1, (int)Math.Round((double)side * longer / longest, MidpointRounding.AwayFromZero));

    private static int RoundUp(int side) => (side + LatentScale - 1) / LatentScale * LatentScale;
}
