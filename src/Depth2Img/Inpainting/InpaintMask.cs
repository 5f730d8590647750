using System.Buffers.Binary;
using System.Security.Cryptography;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;
using Depth2Img.Imaging.Resize;
using Depth2Img.IO;

namespace Depth2Img.Inpainting;

/// <summary>How much of each pixel of a picture is repainted, 0 (kept) to 1; rows from the top.</summary>
public sealed class InpaintMask
{
    /// <summary>What lies this near to black or white in a painted mask is meant to be it: brushes and JPEG leave traces.</summary>
    private const float Trace = 1 / 32f;

    /// <summary>Wraps values; nothing is copied.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="values">width x height values, 0 to 1.</param>
    /// <param name="source">What they were made of.</param>
    /// <exception cref="ArgumentException">A size below 1, an array that does not fit it, or a value outside 0 to 1.</exception>
    public InpaintMask(int width, int height, float[] values, MaskSource source = MaskSource.Painted)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (values.Length != (long)width * height)
            throw new ArgumentException($"A {width}x{height} mask has {(long)width * height} values, not {values.Length}.", nameof(values));
        if (!values.All(value => value is >= 0 and <= 1)) throw new ArgumentException("A mask's values must be from 0 to 1.", nameof(values));
        Width = width;
        Height = height;
        Values = values;
        Source = source;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>0 (kept) to 1 (repainted), row by row.</summary>
    public float[] Values { get; }

    /// <summary>What it was made of.</summary>
    public MaskSource Source { get; }

    /// <summary>Whether no pixel is repainted.</summary>
    public bool IsEmpty => Values.All(value => value == 0);

    /// <summary>Whether every pixel is repainted wholly.</summary>
    public bool IsFull => Values.All(value => value == 1);

    /// <summary>The first ten digits of the SHA-256 of size and values (in 8 bits), by which settings name the mask.</summary>
    public string Hash
    {
        get
        {
            byte[] content = new byte[8 + Values.Length];
            BinaryPrimitives.WriteInt32LittleEndian(content, Width);
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(4), Height);
            ToGray8().CopyTo(content, 8);
            return Convert.ToHexStringLower(SHA256.HashData(content))[..10];
        }
    }

    /// <summary>
    /// A painted mask: white is repainted, black is kept, gray is in between; what is transparent is kept. Values within
    /// 1/32 of black or white are taken for those.
    /// </summary>
    /// <param name="picture">The painting, of any colour.</param>
    public static InpaintMask FromPicture(DecodedImage picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        Image colours = picture.ToRgb();
        float[] gray = colours.Alpha is null
            ? picture.ToGray()
            : new PixelSamples(colours.Width, colours.Height, 3, colours.CompositeOn(0, 0, 0).Pixels).ToGray();
        for (int i = 0; i < gray.Length; i++) gray[i] = gray[i] < Trace ? 0 : gray[i] > 1 - Trace ? 1 : gray[i];
        return new InpaintMask(picture.Width, picture.Height, gray);
    }

    /// <summary>A picture's transparency: what is transparent is repainted. A mask without anything for an opaque picture.</summary>
    /// <param name="picture">The picture.</param>
    public static InpaintMask FromAlpha(Image picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        float[] values = new float[picture.Width * picture.Height];
        if (picture.Alpha is { } alpha)
        {
            for (int i = 0; i < values.Length; i++) values[i] = (255 - alpha[i]) / 255f;
        }
        return new InpaintMask(picture.Width, picture.Height, values, MaskSource.Alpha);
    }

    /// <summary>The pixels whose depth lies in a part of the map's own range. Of a flat map, which has no depth, none does.</summary>
    /// <param name="depth">The map; larger is nearer.</param>
    /// <param name="range">The part, ends included.</param>
    /// <exception cref="ArgumentException">Not a range.</exception>
    public static InpaintMask FromDepth(DepthMap depth, DepthRange range)
    {
        ArgumentNullException.ThrowIfNull(depth);
        if (!range.IsValid) throw new ArgumentException($"{range} is no range of depth.", nameof(range));
        float[] values = new float[depth.Values.Length];
        if (!depth.IsFlat)
        {
            float[] normalised = depth.Normalise01().Values;
            // In the map's own precision, in which an end of 0.8 is the value that 0.8 of the range has.
            float from = (float)range.From, to = (float)range.To;
            for (int i = 0; i < values.Length; i++) values[i] = normalised[i] >= from && normalised[i] <= to ? 1 : 0;
        }
        return new InpaintMask(depth.Width, depth.Height, values, MaskSource.Depth);
    }

    /// <summary>What was kept is repainted, and the other way round.</summary>
    public InpaintMask Invert() => With(Array.ConvertAll(Values, value => 1 - value));

    /// <summary>
    /// Softens the edges: the mean over (2 pixels + 1) x (2 pixels + 1) neighbours three times, which is nearly a Gaussian
    /// of that standard deviation. What lies more than 3 x pixels off stays exactly 0 or 1.
    /// </summary>
    /// <param name="pixels">How far, 0 or more; 0 changes nothing.</param>
    /// <param name="outwards">Whether what is repainted stays so, and only its surroundings get more.</param>
    public InpaintMask Feather(int pixels, bool outwards = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pixels);
        if (pixels == 0) return this;
        float[] soft = BoxBlur.Apply(Values, Width, Height, pixels, times: 3);
        if (outwards)
        {
            for (int i = 0; i < soft.Length; i++) soft[i] = Math.Max(soft[i], Values[i]);
        }
        return With(soft);
    }

    /// <summary>The mask at another size of the same aspect: the mean of the area where it shrinks, linear where it grows.</summary>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="height">New rows, at least 1.</param>
    public InpaintMask ResizeTo(int width, int height)
    {
        if (width == Width && height == Height) return this;
        float[] resized = PlaneResize.Area(Values, Width, Height, width, height);
        // Weights that sum to 1 but for rounding.
        for (int i = 0; i < resized.Length; i++) resized[i] = resized[i] > 1 - 1e-5f ? 1 : Math.Max(0, resized[i]);
        return new InpaintMask(width, height, resized, Source);
    }

    /// <summary>Whether the mask is of a picture's aspect: less than a pixel off.</summary>
    public bool HasAspectOf(int width, int height) => SameAspect(Width, Height, width, height);

    /// <summary>Writes the mask as a PNG in 8 bits of gray, white where it repaints, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="Depth2ImgException">The file exists and may not be replaced, or cannot be written.</exception>
    public void Save(string path, bool overwrite = false) =>
        AtomicFile.Write(path, stream => PngEncoder.EncodeGray(stream, Width, Height, ToGray8()), overwrite);

    /// <summary>Whether one size is the other scaled, but for rounding.</summary>
    internal static bool SameAspect(int width, int height, int otherWidth, int otherHeight)
    {
        double fitWidth = Math.Min(width, (double)height * otherWidth / otherHeight), fitHeight = Math.Min(height, (double)width * otherHeight / otherWidth);
        return width - fitWidth < 1 && height - fitHeight < 1;
    }

    private byte[] ToGray8() => Array.ConvertAll(Values, value => (byte)MathF.Round(255 * value));

    private InpaintMask With(float[] values) => new(Width, Height, values, Source);
}
