using Depth2Img.Imaging;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.OpenAi;

/// <summary>A request of OpenAI's image API, read.</summary>
internal sealed record OpenAiRequest
{
    /// <summary>The first picture's job, not yet checked.</summary>
    public required GenerationParameters Parameters { get; init; }

    /// <summary>The job's files.</summary>
    public required IReadOnlyDictionary<string, byte[]> Inputs { get; init; }

    /// <summary>How many pictures.</summary>
    public required int Count { get; init; }

    /// <summary>The pictures' columns.</summary>
    public required int Width { get; init; }

    /// <summary>The pictures' rows.</summary>
    public required int Height { get; init; }

    /// <summary>Whether addresses are wanted instead of base64.</summary>
    public required bool ByUrl { get; init; }

    /// <summary>What the pictures are written as.</summary>
    public required ImageFormat Format { get; init; }

    /// <summary>A JPEG's quality, 1 to 100; null for the usual one.</summary>
    public required int? Quality { get; init; }

    /// <summary>Whether events are wanted.</summary>
    public required bool Stream { get; init; }

    /// <summary>How many previews of each picture at most.</summary>
    public required int PartialImages { get; init; }

    /// <summary>What events are called.</summary>
    public required string EventPrefix { get; init; }

    /// <summary>The format's name, and files' ending.</summary>
    public string FormatName => Format == ImageFormat.Jpeg ? "jpeg" : "png";

    /// <summary>A picture in the format that was asked for, with its texts.</summary>
    /// <param name="png">The picture as it was made.</param>
    public byte[] Encode(byte[] png)
    {
        if (Format == ImageFormat.Png) return png;
        DecodedImage picture = ImageFile.Decode(png, "the picture");
        ImageSaveOptions save = new() { Text = picture.Text, Profile = picture.Profile };
        return picture.ToRgb().ToBytes(Format, Quality is { } quality ? save with { JpegQuality = quality } : save);
    }
}
