namespace Depth2Img.Imaging.Resize;

/// <summary>How a picture's pixels are weighted when its size changes. All but <see cref="Nearest"/> widen with the scale when shrinking, so nothing aliases.</summary>
public enum ResizeFilter
{
    /// <summary>The pixel under the new pixel's centre.</summary>
    Nearest,

    /// <summary>Triangle of support 1.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5, of support 2.</summary>
    Bicubic,

    /// <summary>Windowed sinc of support 3.</summary>
    Lanczos,

    /// <summary>
    /// Every source pixel counts by the part of it that the new pixel covers: the exact mean of the area, for shrinking.
    /// An axis that grows has no area to average and is interpolated as <see cref="Bilinear"/> does.
    /// </summary>
    Area,
}
