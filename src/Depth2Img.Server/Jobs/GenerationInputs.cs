using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
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

    /// <summary>The inpainting mask's.</summary>
    public const string MaskName = "mask";

    /// <summary>That of the depth map for the inside of the mask.</summary>
    public const string ShapeName = "shape";

    /// <summary>Those of the layers' masks, in order.</summary>
    public static IReadOnlyList<string> LayerMaskNames { get; } = ["layerMask1", "layerMask2", "layerMask3"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [ImageName, DepthName, MaskName, ShapeName, .. LayerMaskNames];

    /// <summary>What is repainted; null where a range of depth, or the picture's transparency, says it.</summary>
    public InpaintMask? Mask { get; init; }

    /// <summary>The depth of the inside of the mask, where it is another's.</summary>
    public DepthMap? Shape { get; init; }

    /// <summary>The masks that cut the picture into layers; none to cut by depth.</summary>
    public IReadOnlyList<Image> LayerMasks { get; init; } = [];

    /// <summary>Decodes them.</summary>
    /// <param name="read">Gives a field's bytes; null where there is none.</param>
    /// <param name="limits">What they may be.</param>
    /// <exception cref="Depth2ImgException">A file cannot be read.</exception>
    public static GenerationInputs Decode(Func<string, byte[]?> read, ServerLimits limits)
    {
        byte[] image = read(ImageName) ?? throw new Depth2ImgException("The job's picture is gone.");
        return new GenerationInputs(DecodePicture(image, ImageName, limits), DecodeMap(DepthName))
        {
            Mask = read(MaskName) is { } mask ? InpaintMask.FromPicture(ImageFile.Decode(mask, MaskName, LimitsOf(limits))) : null,
            Shape = DecodeMap(ShapeName),
            LayerMasks = DecodeLayerMasks(read, limits),
        };

        DepthMap? DecodeMap(string name) => read(name) is { } map ? DepthMapFile.Decode(map, name, LimitsOf(limits)) : null;
    }

    /// <summary>Decodes the masks that cut a picture into layers.</summary>
    /// <inheritdoc cref="Decode"/>
    public static IReadOnlyList<Image> DecodeLayerMasks(Func<string, byte[]?> read, ServerLimits limits)
    {
        List<Image> masks = [];
        foreach (string name in LayerMaskNames)
        {
            if (read(name) is { } mask) masks.Add(DecodePicture(mask, name, limits));
        }
        return masks;
    }

    /// <summary>The decoders' limits.</summary>
    public static ImageLimits LimitsOf(ServerLimits limits) => new() { MaxPixels = limits.Pixels, MaxSide = limits.Side, MaxFileBytes = limits.BodyBytes };

    private static Image DecodePicture(byte[] data, string name, ServerLimits limits) => ImageFile.Decode(data, name, LimitsOf(limits)).ToRgb();
}
