using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Pipelines;
using Depth2Img.Random;

namespace Depth2Img.Inpainting;

/// <summary>
/// One request's inpainting: the mask in use, the part of the picture that is worked on, and what the mask means at each
/// stage. The networks know nothing of masks: latents outside are held at the picture's, and the picture that comes out is
/// laid onto the original by the softened mask at the original's own resolution.
/// </summary>
internal sealed class InpaintJob
{
    private readonly InpaintSettings _settings;
    private readonly InpaintMask _hard;
    private readonly WorkingSize _size;

    private InpaintJob(InpaintSettings settings, InpaintMask hard, string hash, WorkingSize size, DepthMap depth)
    {
        _settings = settings;
        _hard = hard;
        _size = size;
        Depth = DepthOfArea = depth;
        // Transparency must not shine through where it is repainted.
        Mask = hard.Feather(settings.Feather, outwards: IsTransparencyRepainted);
        Area = settings.OnlyMasked
            ? PixelArea.Of(Mask).Grow(settings.Padding, (double)size.Width / size.Height, hard.Width, hard.Height)
            : new PixelArea(0, 0, hard.Width, hard.Height);
        Use = new InpaintUse(hard.Source, hash, settings.Near, settings.Feather, settings.Invert, settings.Fill, settings.OnlyMasked,
            settings.OnlyMasked ? settings.Padding : null, settings.DepthInside);
    }

    /// <summary>The softened mask, at the picture's size.</summary>
    public InpaintMask Mask { get; }

    /// <summary>The part of the picture that is worked on.</summary>
    public PixelArea Area { get; }

    /// <summary>The depth map in use for the whole picture.</summary>
    public DepthMap Depth { get; }

    /// <summary>The depth map of the part that is worked on.</summary>
    public DepthMap DepthOfArea { get; private set; }

    /// <summary>For the picture's settings.</summary>
    public InpaintUse Use { get; }

    private bool IsTransparencyRepainted => _hard.Source == MaskSource.Alpha && !_settings.Invert;

    /// <summary>Makes the mask and the depth maps.</summary>
    /// <param name="settings">What is asked for; checked.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="size">The size worked at.</param>
    /// <param name="depth">The picture's depth map, corrected, at the size it was estimated or given at.</param>
    /// <param name="toPictureSize">Brings such a map to the picture's size.</param>
    /// <exception cref="InvalidRequestException">No pixel, or every one, lies in the range of depth.</exception>
    public static InpaintJob Prepare(InpaintSettings settings, Image picture, WorkingSize size, DepthMap depth, Func<DepthMap, DepthMap> toPictureSize)
    {
        InpaintMask mask = settings.FitMask(picture.Width, picture.Height) ?? InpaintMask.FromDepth(toPictureSize(depth), settings.Near!.Value);
        if (settings.FaultOf(mask) is { } fault) throw new InvalidRequestException([new RequestFault(nameof(DepthToImageRequest.Inpaint), fault)]);
        string hash = mask.Hash;
        if (settings.Invert) mask = mask.Invert();
        DepthMap changed = settings.DepthInside switch
        {
            InpaintDepth.Fill => InpaintDepthMaps.Continue(depth, mask),
            InpaintDepth.Shape => InpaintDepthMaps.Reshape(depth, settings.Shape!, mask.Feather(settings.Feather)),
            _ => depth,
        };
        InpaintJob job = new(settings, mask, hash, size, changed);
        // Worked on whole, the map is resized once, to the latents, as in any run.
        if (settings.OnlyMasked) job.DepthOfArea = toPictureSize(changed).Crop(job.Area.Left, job.Area.Top, job.Area.Width, job.Area.Height);
        return job;
    }

    /// <summary>The part of the opaque picture that is worked on, at the working size, filled as asked for.</summary>
    public Image Worked(Image opaque)
    {
        Image worked = _size.Apply(opaque.Crop(Area.Left, Area.Top, Area.Width, Area.Height));
        return _settings.Fill == InpaintFill.Fill ? FillColours(worked) : worked;
    }

    /// <summary>The latents to noise, where fill replaces them.</summary>
    /// <param name="picture">[n,c,h,w]: the picture's latents.</param>
    /// <param name="geometry">n, c, h, w.</param>
    /// <param name="random">Draws the noise, if that is the fill.</param>
    /// <returns>The same array where nothing is replaced.</returns>
    public float[] Filled(float[] picture, LatentGeometry geometry, IRandomSource random)
    {
        if (_settings.Fill is InpaintFill.Original or InpaintFill.Fill) return picture;
        float[] filled = new float[picture.Length];
        if (_settings.Fill == InpaintFill.Noise) random.FillNormal(filled);
        float[] kept = KeptLatents();
        for (int i = 0; i < filled.Length; i++)
        {
            if (kept[i % geometry.Plane] == 1) filled[i] = picture[i];
        }
        return filled;
    }

    /// <summary>
    /// Which latents are held at the picture's, 1 or 0: those of whose pixels none is repainted. Not in between: a mean of
    /// two noises has less noise than a step of the sampler counts on.
    /// </summary>
    /// <returns>[h,w] of the latents.</returns>
    public float[] KeptLatents()
    {
        float[] kept = new float[_size.LatentWidth * _size.LatentHeight];
        Array.Fill(kept, 1);
        for (int y = 0; y < Area.Height; y++)
        {
            (int top, int bottom) = CellsOf(y, Area.Height, _size.Height);
            for (int x = 0; x < Area.Width; x++)
            {
                if (_hard.Values[(y + Area.Top) * _hard.Width + x + Area.Left] == 0) continue;
                (int left, int right) = CellsOf(x, Area.Width, _size.Width);
                for (int row = top; row <= bottom; row++)
                {
                    for (int column = left; column <= right; column++) kept[row * _size.LatentWidth + column] = 0;
                }
            }
        }
        return kept;
    }

    /// <summary>Lays what was made onto the picture.</summary>
    /// <param name="picture">The original; where the mask is 0 its pixels stay, transparent ones as they are stored.</param>
    /// <param name="worked">What the networks made, with the working size's border.</param>
    public Image Paste(Image picture, Image worked)
    {
        Image made = _size.Undo(worked, Area.Width, Area.Height);
        byte[] pixels = [.. picture.Pixels];
        for (int y = 0; y < Area.Height; y++)
        {
            for (int x = 0; x < Area.Width; x++)
            {
                int to = (y + Area.Top) * picture.Width + x + Area.Left, from = y * Area.Width + x;
                float part = Mask.Values[to];
                if (part == 0) continue;
                for (int c = 0; c < 3; c++)
                {
                    float old = pixels[3 * to + c];
                    pixels[3 * to + c] = (byte)MathF.Round(old + part * (made.Pixels[3 * from + c] - old));
                }
            }
        }
        return new Image(picture.Width, picture.Height, pixels, IsTransparencyRepainted ? null : picture.Alpha);
    }

    private Image FillColours(Image worked)
    {
        bool[] hole = HoleOf(worked.Width, worked.Height);
        byte[] pixels = new byte[worked.Pixels.Length];
        float[] plane = new float[hole.Length];
        for (int c = 0; c < 3; c++)
        {
            for (int i = 0; i < plane.Length; i++) plane[i] = worked.Pixels[3 * i + c];
            float[] filled = HarmonicFill.Apply(plane, worked.Width, worked.Height, hole);
            for (int i = 0; i < plane.Length; i++) pixels[3 * i + c] = (byte)MathF.Round(Math.Clamp(filled[i], 0, 255));
        }
        return new Image(worked.Width, worked.Height, pixels);
    }

    /// <summary>The pixels of the working size, its border included, that the softened mask touches.</summary>
    private bool[] HoleOf(int paddedWidth, int paddedHeight)
    {
        float[] part = new float[Area.Width * Area.Height];
        for (int y = 0; y < Area.Height; y++) Mask.Values.AsSpan((y + Area.Top) * Mask.Width + Area.Left, Area.Width).CopyTo(part.AsSpan(y * Area.Width));
        float[] worked = PlaneResize.Area(part, Area.Width, Area.Height, _size.Width, _size.Height);
        bool[] hole = new bool[paddedWidth * paddedHeight];
        for (int i = 0; i < hole.Length; i++)
            hole[i] = worked[Math.Min(i / paddedWidth, _size.Height - 1) * _size.Width + Math.Min(i % paddedWidth, _size.Width - 1)] > 0;
        return hole;
    }

    /// <summary>The latents, first and last, that a pixel has a part in along one axis.</summary>
    private static (int First, int Last) CellsOf(int pixel, int pixels, int worked)
    {
        long perCell = (long)pixels * WorkingSize.LatentScale;
        return ((int)((long)pixel * worked / perCell), (int)(((pixel + 1L) * worked - 1) / perCell));
    }
}
