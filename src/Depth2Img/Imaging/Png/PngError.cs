namespace Depth2Img.Imaging.Png;

/// <summary>Sentences for broken PNG files: each names the file, the chunk and where it lies.</summary>
internal static class PngError
{
    public static Depth2ImgException Corrupt(string name, PngChunk chunk, string what, Exception? cause = null) =>
        new($"'{name}' is a broken PNG: {chunk.Type} at byte {chunk.Offset}: {what}.", cause);

    public static Depth2ImgException Corrupt(string name, long offset, string what) =>
        new($"'{name}' is a broken PNG: byte {offset}: {what}.");

    public static Depth2ImgException Truncated(string name, long offset, string what) =>
        new($"'{name}' is cut short: byte {offset}: {what}. Fetch or save it again.");
}
