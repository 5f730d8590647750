namespace Depth2Img.Imaging;

/// <summary>How a picture is written.</summary>
public sealed record ImageSaveOptions
{
    /// <summary>A JPEG's quality, 1 to 100; from 90 on, colour keeps its full resolution. PNG has none.</summary>
    public int JpegQuality { get; init; } = 92;

    /// <summary>Texts by keyword to keep in the file: PNG's text chunks, or a JSON object in a JPEG's comment.</summary>
    public IReadOnlyDictionary<string, string>? Text { get; init; }

    /// <summary>The profile of the picture's RGB values, as the file it was made of has it (<see cref="DecodedImage.Profile"/>); null for none, which viewers take for sRGB.</summary>
    public IccProfile? Profile { get; init; }

    /// <summary>Whether an existing file may be replaced.</summary>
    public bool Overwrite { get; init; }
}
