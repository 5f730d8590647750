using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;
using Depth2Img.Imaging.Resize;
using Depth2Img.IO;

namespace Depth2Img.Depth.Views;

/// <summary>Short animations in which the point of view sways from side to side, as animated PNG that plays for ever; programs that know no animation show its first frame, the picture itself.</summary>
public static class ParallaxAnimation
{
    /// <summary>Writes an animation, whole or not at all.</summary>
    /// <param name="path">The file; .apng and .png are usual.</param>
    /// <param name="picture">The picture; transparency is ignored.</param>
    /// <param name="depth">Its depth, of its size.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    /// <exception cref="Depth2ImgException">The file exists and may not be replaced, or it cannot be written.</exception>
    public static void Save(string path, Image picture, DepthMap depth, ParallaxOptions? options = null)
    {
        options ??= new ParallaxOptions();
        ViewInput.RequireSameSize(picture, depth);
        AtomicFile.Write(path, stream => Write(stream, picture, depth, options), options.Overwrite);
    }

    /// <summary>Writes an animation to a stream, which stays open.</summary>
    /// <inheritdoc cref="Save"/>
    public static void Write(Stream stream, Image picture, DepthMap depth, ParallaxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ViewInput.RequireSameSize(picture, depth);
        options ??= new ParallaxOptions();
        double scale = Math.Min(1, (double)options.MaxSide / Math.Max(picture.Width, picture.Height));
        int width = Math.Max(1, (int)Math.Round(picture.Width * scale)), height = Math.Max(1, (int)Math.Round(picture.Height * scale));
        ViewpointRenderer renderer = new(ImageResizer.Resize(picture, width, height, ResizeFilter.Area), depth.ResizeSmooth(width, height), options.View);
        IEnumerable<Image> frames = Enumerable.Range(0, options.Frames)
            // Rounded, so that frames of one place are one picture: the sine of pi is not 0 in floating point.
            .Select(n => renderer.Render(0.5 * Math.Round(Math.Sin(2 * Math.PI * n / options.Frames), 9)));
        PngAnimationEncoder.Encode(stream, width, height, options.Frames, options.FrameMilliseconds, frames);
    }
}
