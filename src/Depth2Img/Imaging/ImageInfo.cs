namespace Depth2Img.Imaging;

/// <summary>What a picture file's header says.</summary>
/// <param name="Format">The format, by the file's contents and not by its name.</param>
/// <param name="Width">Columns as stored, before any EXIF orientation.</param>
/// <param name="Height">Rows as stored, before any EXIF orientation.</param>
public sealed record ImageInfo(ImageFormat Format, int Width, int Height);
