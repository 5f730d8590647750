using System.Text;

namespace Depth2Img.Imaging;

/// <summary>Tells what a file is by its first bytes: a format that is read, or one that is not, with what to do about it.</summary>
internal static class ImageSignature
{
    private const string Convert = "save it as PNG or JPEG";
    private const string Read = "PNG, JPEG and BMP are read";

    private delegate bool Test(ReadOnlySpan<byte> data);

    private static readonly (Test Test, string Name, string Remedy)[] _foreign =
    [
        (d => At(d, 0, "RIFF"u8) && At(d, 8, "WEBP"u8), "a WebP picture", "save it as PNG, as browsers, picture viewers and 'dwebp' can"),
        (d => At(d, 4, "ftypavif"u8) || At(d, 4, "ftypavis"u8), "an AVIF picture", "save it as PNG, as browsers, picture viewers and 'avifdec' can"),
        (d => At(d, 4, "ftyphei"u8) || At(d, 4, "ftyphev"u8) || At(d, 4, "ftypmif1"u8) || At(d, 4, "ftypmsf1"u8),
            "a HEIC picture", Convert + " (phones can be set to take JPEG)"),
        (d => At(d, 4, "ftypcrx "u8) || At(d, 0, "FUJIFILMCCD-RAW"u8) || At(d, 0, "IIRO"u8) || At(d, 0, "IIRS"u8) || At(d, 0, "MMOR"u8)
            || At(d, 0, "IIU\0"u8) || At(d, 0, "FOVb"u8) || At(d, 0, "\0MRM"u8) || At(d, 0, "II*\0"u8) && At(d, 8, "CR"u8),
            "a camera's raw file", "develop it to PNG or JPEG"),
        (d => At(d, 4, "ftyp"u8), "a video", "save one frame of it as PNG or JPEG"),
        (d => At(d, 0, "II*\0"u8) || At(d, 0, "MM\0*"u8) || At(d, 0, "II+\0"u8) || At(d, 0, "MM\0+"u8),
            "a TIFF picture or a camera's raw file", "save or develop it as PNG or JPEG"),
        (d => At(d, 0, [0xFF, 0x0A]) || At(d, 4, "JXL "u8), "a JPEG XL picture", Convert),
        (d => At(d, 0, [0xFF, 0x4F, 0xFF, 0x51]) || At(d, 4, "jP  "u8), "a JPEG 2000 picture", Convert),
        (d => At(d, 0, "GIF8"u8), "a GIF picture", Convert),
        (d => At(d, 0, "8BPS"u8) || At(d, 0, "gimp xcf"u8), "a Photoshop or GIMP file", Convert),
        (d => At(d, 0, "qoif"u8), "a QOI picture", Convert),
        (d => At(d, 0, [0x76, 0x2F, 0x31, 0x01]) || At(d, 0, "#?RADIANCE"u8) || At(d, 0, "#?RGBE"u8), "a high-range picture (EXR or HDR)", Convert),
        (d => At(d, 0, [0, 0, 1, 0]) || At(d, 0, "DDS "u8), "an icon or a texture", Convert),
        (d => d.Length > 2 && d[0] == 'P' && d[1] is >= (byte)'1' and <= (byte)'7' && d[2] is (byte)'\n' or (byte)' ', "a netpbm picture", Convert),
        (d => At(d, 1, "NUMPY"u8) || At(d, 0, "PF\n"u8) || At(d, 0, "Pf\n"u8),
            "an array of numbers", "it can be a depth map, not a picture"),
        (d => At(d, 0, "%PDF"u8), "a PDF document", "export the page as PNG or JPEG"),
        (d => At(d, 0, "%!PS"u8), "a PostScript document", "export the page as PNG or JPEG"),
        (d => At(d, 0, [0x1A, 0x45, 0xDF, 0xA3]), "a video", "save one frame of it as PNG or JPEG"),
        (d => At(d, 0, "PK\u0003\u0004"u8) || At(d, 0, [0x1F, 0x8B]), "an archive", "unpack it and name a picture in it"),
        (d => At(d, 0, "version https://git-lfs"u8), "a Git LFS pointer, not the file itself", "fetch it with 'git lfs pull'"),
        (d => At(d, 1, "PNG"u8), "a PNG that was damaged as if it were text", "copy it again in binary mode"),
    ];

    /// <summary>The format of a file's contents.</summary>
    /// <param name="data">The file, at least one byte.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="Depth2ImgException">It is of no format that is read.</exception>
    public static ImageFormat Detect(ReadOnlySpan<byte> data, string name)
    {
        if (data.StartsWith(Png.PngChunkReader.Signature)) return ImageFormat.Png;
        if (At(data, 0, [0xFF, 0xD8, 0xFF])) return ImageFormat.Jpeg;
        if (Bmp.BmpHeader.Matches(data)) return ImageFormat.Bmp;
        // The first bytes of one of them, and then the end.
        if (data.Length < 8 && (Png.PngChunkReader.Signature.StartsWith(data) || At(data, 0, [0xFF, 0xD8]) || At(data, 0, "BM"u8)))
            throw new Depth2ImgException($"'{name}' is cut short: it has {data.Length} bytes. Fetch or save it again.");
        foreach ((Test test, string what, string remedy) in _foreign)
        {
            if (test(data)) throw new Depth2ImgException($"'{name}' is {what}, and {Read}; {remedy}.");
        }
        if (TextOf(data) is { } text)
            throw new Depth2ImgException($"'{name}' is {KindOfText(text)}, and {Read}.");
        string bytes = System.Convert.ToHexStringLower(data[..Math.Min(8, data.Length)]);
        throw new Depth2ImgException($"'{name}' is no picture that can be read: it begins with the bytes {bytes}, and {Read}.");
    }

    private static bool At(ReadOnlySpan<byte> data, int offset, ReadOnlySpan<byte> expected) =>
        data.Length >= offset && data[offset..].StartsWith(expected);

    /// <summary>The beginning of a text file; null where the bytes are none.</summary>
    private static string? TextOf(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> head = data[..Math.Min(512, data.Length)];
        foreach (byte b in head)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') or 0x7F) return null;
        }
        string text = Encoding.UTF8.GetString(head);
        // The last character may be cut in two; any other damage means that it is no text.
        return text.AsSpan(0, text.Length - 1).Contains('\uFFFD') ? null : text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
    }

    private static string KindOfText(string text)
    {
        if (text.Contains("<svg", StringComparison.OrdinalIgnoreCase)) return "an SVG drawing (export it as PNG)";
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return "a web page, as a failed download leaves one (fetch the picture itself)";
        return "a text file";
    }
}
