namespace Depth2Img.Imaging.Bmp;

/// <summary>Sentences for files that cannot be read.</summary>
internal static class BmpErrors
{
    public static Depth2ImgException Broken(string name, string what) => new($"'{name}' is a broken BMP: {what}.");

    public static Depth2ImgException CutShort(string name, string what) => new($"'{name}' is cut short: {what}. Fetch or save it again.");
}
