using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Jobs;

/// <summary>A job's pictures, decoded.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Depth">A map of the client's own; null to estimate one.</param>
internal sealed record GenerationInputs(Image Image, DepthMap? Depth)
{
    /// <summary>The picture's file in a job's folder, and its field in requests.</summary>
    public const string ImageName = "image";

    /// <summary>The depth map's.</summary>
    public const string DepthName = "depth";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [ImageName, DepthName];

    /// <summary>Decodes them.</summary>
    /// <param name="read">Gives a field's bytes; null where there is none.</param>
    /// <param name="limits">What they may be.</param>
    /// <exception cref="Depth2ImgException">A file cannot be read.</exception>
    public static GenerationInputs Decode(Func<string, byte[]?> read, ServerLimits limits)
    {
        ImageLimits pictures = LimitsOf(limits);
        byte[] image = read(ImageName) ?? throw new Depth2ImgException("The job's picture is gone.");
        return new GenerationInputs(
            ImageFile.Decode(image, ImageName, pictures).ToRgb(),
            read(DepthName) is { } depth ? DepthMapFile.Decode(depth, DepthName, pictures) : null);
    }

    /// <summary>The decoders' limits.</summary>
    public static ImageLimits LimitsOf(ServerLimits limits) => new() { MaxPixels = limits.Pixels, MaxSide = limits.Side, MaxFileBytes = limits.BodyBytes };
}
