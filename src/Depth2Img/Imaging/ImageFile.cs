using Depth2Img.Imaging.Bmp;
using Depth2Img.Imaging.Jpeg;
using Depth2Img.Imaging.Png;
using Depth2Img.IO;

namespace Depth2Img.Imaging;

/// <summary>Reads and writes picture files. Formats are told by their contents when reading and by the name when writing.</summary>
public static class ImageFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">A PNG, a JPEG or a BMP.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="Depth2ImgException">The file is missing, no picture that can be read, damaged, cut short or too large.</exception>
    public static DecodedImage Load(string path, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        return Decode(InputFile.ReadAllBytes(path, "a picture", limits.MaxFileBytes), path, limits);
    }

    /// <summary>Decodes a file that is in memory.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="Depth2ImgException">It is empty, no picture that can be read, damaged, cut short or too large.</exception>
    public static DecodedImage Decode(ReadOnlyMemory<byte> data, string name, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        ImageFormat format = Detect(data, name);
        if (format == ImageFormat.Bmp)
            return new DecodedImage(format, 8, BmpDecoder.Decode(data.Span, name, limits), 1, null, new Dictionary<string, string>(), null);
        if (format == ImageFormat.Png)
        {
            PngImage png = PngDecoder.Decode(data, name, limits);
            int depth = png.Header.ColorType == PngColorType.Palette ? 8 : png.Header.BitDepth;
            return new DecodedImage(ImageFormat.Png, depth, png.Samples, png.Orientation, png.Profile, png.Text, null);
        }
        JpegImage jpeg = JpegDecoder.Decode(data.Span, name, limits);
        return new DecodedImage(ImageFormat.Jpeg, 8, new JpegPixelSource(jpeg), jpeg.Orientation, jpeg.Profile, JpegText.FromComment(jpeg.Comment), jpeg.Warning);
    }

    /// <summary>Reads format and size from a file's header, without decoding it.</summary>
    /// <inheritdoc cref="Load"/>
    public static ImageInfo Identify(string path, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        return Identify(InputFile.ReadAllBytes(path, "a picture", limits.MaxFileBytes), path, limits);
    }

    /// <summary>Reads format and size from the header of a file that is in memory, without decoding it.</summary>
    /// <inheritdoc cref="Decode"/>
    public static ImageInfo Identify(ReadOnlyMemory<byte> data, string name, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        ImageFormat format = Detect(data, name);
        if (format == ImageFormat.Png)
        {
            PngHeader header = PngDecoder.Identify(data, name, limits);
            return new ImageInfo(format, header.Width, header.Height);
        }
        if (format == ImageFormat.Bmp)
        {
            BmpHeader header = BmpHeader.Parse(data.Span, name, limits);
            return new ImageInfo(format, header.Width, header.Height);
        }
        (int width, int height) = JpegDecoder.Identify(data.Span, name);
        limits.Require(name, width, height);
        return new ImageInfo(format, width, height);
    }

    /// <summary>Writes a picture, whole or not at all.</summary>
    /// <param name="path">A name that ends in .png, .jpg or .jpeg, which decides the format.</param>
    /// <param name="image">The picture. What is transparent becomes white in a JPEG.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Depth2ImgException">The name is of another format, the file exists and may not be replaced, or it cannot be written.</exception>
    public static void Save(string path, Image image, ImageSaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        options ??= new ImageSaveOptions();
        ImageFormat format = FormatOf(path);
        AtomicFile.Write(path, stream => Encode(stream, image, format, options), options.Overwrite);
    }

    /// <summary>Writes a picture to a stream.</summary>
    /// <param name="stream">Takes the file; it stays open.</param>
    /// <param name="image">The picture. What is transparent becomes white in a JPEG.</param>
    /// <param name="format">PNG or JPEG; BMP is not written.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A format that is not written.</exception>
    public static void Encode(Stream stream, Image image, ImageFormat format, ImageSaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (format is not (ImageFormat.Png or ImageFormat.Jpeg)) throw new ArgumentOutOfRangeException(nameof(format), format, "PNG and JPEG are written.");
        options ??= new ImageSaveOptions();
        if (format == ImageFormat.Png)
        {
            PngEncoder.Encode(stream, image, options.Text, options.Profile);
            return;
        }
        JpegEncoderOptions jpeg = new() { Quality = options.JpegQuality, Profile = options.Profile, Comment = JpegText.ToComment(options.Text) };
        JpegEncoder.Encode(stream, image.CompositeOn(255, 255, 255), jpeg);
    }

    /// <summary>The format that a file's name asks for, so that a wrong name can be refused before work is spent.</summary>
    /// <exception cref="Depth2ImgException">The name does not end in .png, .jpg or .jpeg.</exception>
    public static ImageFormat FormatOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => ImageFormat.Png,
            ".jpg" or ".jpeg" => ImageFormat.Jpeg,
            "" => throw new Depth2ImgException($"'{path}' has no ending that names a format; pictures are written as .png, .jpg or .jpeg."),
            string other => throw new Depth2ImgException($"'{path}' asks for {other}; pictures are written as .png, .jpg or .jpeg."),
        };
    }

    private static ImageFormat Detect(ReadOnlyMemory<byte> data, string name)
    {
        if (data.IsEmpty) throw new Depth2ImgException($"'{name}' is empty (zero bytes); a picture was expected.");
        return ImageSignature.Detect(data.Span, name);
    }
}
