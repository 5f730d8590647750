namespace Depth2Img.Imaging.Jpeg;

/// <summary>The three ways in which a file can be refused, so that all say it alike.</summary>
internal static class JpegErrors
{
    public static Depth2ImgException Broken(string name, string what) => new($"'{name}' is a broken JPEG: {what}.");

    public static Depth2ImgException CutShort(string name, string where) => new($"'{name}' is cut short: {where}. Fetch or copy it again.");

    public static Depth2ImgException Unsupported(string name, string what) =>
        new($"'{name}' is {what}, which is not supported; save it as an ordinary (baseline or progressive, 8-bit) JPEG or as PNG.");
}
