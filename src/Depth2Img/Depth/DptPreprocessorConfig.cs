using System.Text.Json;
using Depth2Img.Imaging.Resize;
using Depth2Img.IO;

namespace Depth2Img.Depth;

/// <summary>
/// How pictures are made ready for a depth network of the DPT family: a checkpoint's preprocessor_config.json, as
/// transformers' DPTImageProcessor reads it. What the file does not name has that class's default.
/// </summary>
internal sealed record DptPreprocessorConfig
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary>Whether the picture is resized at all.</summary>
    public bool DoResize { get; init; } = true;

    /// <summary>Target rows.</summary>
    public int Height { get; init; } = 384;

    /// <summary>Target columns.</summary>
    public int Width { get; init; } = 384;

    /// <summary>Whether both axes take one scale, the one nearer to 1, so that the target is met on one axis alone.</summary>
    public bool KeepAspectRatio { get; init; }

    /// <summary>Both sides are rounded to multiples of this.</summary>
    public int EnsureMultipleOf { get; init; } = 1;

    /// <summary>How pixels are weighted.</summary>
    public ResizeFilter Resample { get; init; } = ResizeFilter.Bicubic;

    /// <summary>Whether bytes are multiplied by <see cref="RescaleFactor"/>.</summary>
    public bool DoRescale { get; init; } = true;

    /// <summary>What bytes are multiplied by.</summary>
    public double RescaleFactor { get; init; } = 1 / 255.0;

    /// <summary>Whether mean and deviation are taken off.</summary>
    public bool DoNormalize { get; init; } = true;

    /// <summary>Mean of red, green, blue.</summary>
    public IReadOnlyList<float> ImageMean { get; init; } = [0.5f, 0.5f, 0.5f];

    /// <summary>Deviation of red, green, blue.</summary>
    public IReadOnlyList<float> ImageStd { get; init; } = [0.5f, 0.5f, 0.5f];

    /// <summary>Reads a preprocessor_config.json.</summary>
    /// <exception cref="Depth2ImgException">The file cannot be read, or has a value that cannot be used.</exception>
    public static DptPreprocessorConfig Load(string path) =>
        Parse(InputFile.ReadAllBytes(path, "a preprocessor_config.json", MaxFileBytes), path);

    /// <summary>Reads the text of a preprocessor_config.json.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="Depth2ImgException">It is no JSON object, or has a value that cannot be used.</exception>
    public static DptPreprocessorConfig Parse(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(new DptPreprocessorReader(document.RootElement, name));
        }
        // Text with half a surrogate pair is only met when it is taken out.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new Depth2ImgException($"'{name}' is no JSON: {e.Message}", e);
        }
    }

    /// <summary>The size that a picture is resized to.</summary>
    public (int Width, int Height) OutputSize(int width, int height)
    {
        if (!DoResize) return (width, height);
        double scaleX = (double)Width / width, scaleY = (double)Height / height;
        if (KeepAspectRatio)
        {
            // The lesser change wins; a tie goes to the height.
            if (Math.Abs(1 - scaleX) < Math.Abs(1 - scaleY)) scaleY = scaleX;
            else scaleX = scaleY;
        }
        return (ToMultiple(scaleX * width), ToMultiple(scaleY * height));
    }

    // Halves go to even, as Python's round does. A very long picture would round to nothing; the reference fails there.
    private int ToMultiple(double side) =>
        Math.Max(1, (int)Math.Min(Math.Round(side / EnsureMultipleOf), int.MaxValue / EnsureMultipleOf)) * EnsureMultipleOf;

    private static DptPreprocessorConfig Read(DptPreprocessorReader reader)
    {
        reader.RequireDptClass();
        reader.RequireNoPadding();
        DptPreprocessorConfig defaults = new();
        (int width, int height) = reader.Size(defaults.Width, defaults.Height);
        return new DptPreprocessorConfig
        {
            DoResize = reader.Flag("do_resize", defaults.DoResize),
            Width = width,
            Height = height,
            KeepAspectRatio = reader.Flag("keep_aspect_ratio", defaults.KeepAspectRatio),
            EnsureMultipleOf = reader.Whole("ensure_multiple_of", defaults.EnsureMultipleOf, 1, 1024),
            Resample = reader.Filter("resample", defaults.Resample),
            DoRescale = reader.Flag("do_rescale", defaults.DoRescale),
            RescaleFactor = reader.Number("rescale_factor", defaults.RescaleFactor),
            DoNormalize = reader.Flag("do_normalize", defaults.DoNormalize),
            ImageMean = reader.Channels("image_mean", defaults.ImageMean, zeroAllowed: true),
            ImageStd = reader.Channels("image_std", defaults.ImageStd, zeroAllowed: false),
        };
    }
}
